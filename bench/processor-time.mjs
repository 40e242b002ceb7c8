// What the module costs while nothing shuts down, against the same application without it: processor time
// a request, and requests a second. The alternatives run in the same rounds; one process more without
// anything shows what the noise is.
import { measureTogether } from './support/processor-time.mjs';
import { sized } from './support/sizes.mjs';
import { median, quartiles } from './support/statistics.mjs';

/** How often all of them are started anew: two processes of the same code differ by a few percent. */
const SETS = sized(6, 1);
const ROUNDS = sized(36, 2);
/** In a round, by each process: so few that what else the machine does lasts longer, and hits all of them. */
const REQUESTS = sized(200, 100);

const ALONE = 'without';
/** Besides the application alone, to which each is compared. The first is that application again. */
const compared = [
  ALONE,
  'with',
  'metrics',
  'http-terminator',
  'http-graceful-shutdown',
  'stoppable',
  'nestjs-terminus',
  'nestjs-graceful-shutdown',
];

/** Nest has HTTP/2 on Fastify only. */
const servers = [
  { adapter: 'express', protocol: 'http1' },
  { adapter: 'fastify', protocol: 'http1' },
  { adapter: 'fastify', protocol: 'http2' },
];
const CONNECTIONS = [1, 100];

export async function measureProcessorTime() {
  const rows = [];
  for (const server of servers) {
    for (const connections of CONNECTIONS) {
      const load = { ...server, connections, requests: REQUESTS, rounds: ROUNDS };
      const rounds = [];
      for (let set = 0; set < SETS; set++) {
        rounds.push(...(await measureTogether([ALONE, ...compared], load)));
      }
      rows.push({ ...load, sets: SETS, ...summary(rounds) });
      console.log(said(rows.at(-1)));
    }
  }
  return rows;
}

function summary(rounds) {
  return {
    aloneUs: median(rounds.map(([alone]) => alone.cpu)),
    processes: compared.map((mode, i) => ({
      mode,
      cpu: quartiles(rounds.map(([alone, ...others]) => others[i].cpu / alone.cpu)),
      rate: quartiles(rounds.map(([alone, ...others]) => others[i].rate / alone.rate)),
    })),
  };
}

function said({ adapter, protocol, connections, processes }) {
  const ratios = processes.map(({ mode, cpu }) => `${mode} ${cpu.median.toFixed(3)}`);
  return `${adapter}, ${protocol}, ${connections}: ${ratios.join(', ')}`;
}
