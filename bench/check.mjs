// `node bench/check.mjs`: fails if the module costs more processor time a request than it may, on Fastify
// over HTTP/1.1. About 40 s, so that each commit can be checked.
//
// The ratio of a pair of fresh processes is the median of its rounds. The check fails if the median of the
// pairs is over the limit for certain: if the lower end of its confidence interval is. With ten pairs that
// is the second lowest (98 %, by the sign test), so noise that hits one pair does not decide.
import { measureTogether } from './support/processor-time.mjs';
import { median } from './support/statistics.mjs';

const LIMIT = 1.05;
const PAIRS = 10;
/** From the lowest. */
const LOWER_END = 1;
/** Many short rounds: what else the machine does lasts longer than one, so it hits both. */
const load = { adapter: 'fastify', protocol: 'http1', connections: 20, requests: 200, rounds: 48 };

const ratios = [];
for (let pair = 0; pair < PAIRS; pair++) ratios.push(await ratioOfPair());
ratios.sort((a, b) => a - b);

console.log('Processor time a request with the module, relative to the application without it');
console.log(`${PAIRS} pairs of processes: ${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`);
const lowest = ratios[LOWER_END];
const verdict = lowest > LIMIT ? 'over' : 'not certainly over';
console.log(
  `median ${median(ratios).toFixed(3)}, at least ${lowest.toFixed(3)}: ${verdict} the limit of ${LIMIT}`,
);
if (lowest > LIMIT) process.exitCode = 1;

async function ratioOfPair() {
  const rounds = await measureTogether(['without', 'with'], load);
  return median(rounds.map(([without, withModule]) => withModule.cpu / without.cpu));
}
