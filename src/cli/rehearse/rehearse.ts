import { writeOutput } from '../write-output.js';
import { htmlPage } from './output/html-page.js';
import { jsonText } from './output/json-text.js';
import { junitXml } from './output/junit-xml.js';
import { svgTable } from './output/svg-table.js';
import { terminalText } from './output/terminal-text.js';
import { rehearseOnce, type RehearsalOptions } from './rehearsal.js';
import type { RehearseInvocation } from './rehearse-arguments.js';
import { interrupted } from './rehearse.errors.js';
import type { RehearsalResult, RehearsalRun } from './result.js';
import { runOptions } from './run-options.js';
import { lostOf, sumOf } from './tally.js';
import { verdictOn } from './verdict.js';

const NAME = 'rehearsal';
const PLAIN_ALREADY =
  'The service does not have nestjs-drain: this run is the plain one. To compare, install it ' +
  '(npx nest add nestjs-drain), build, and run this again.';

/** `nestjs-drain rehearse`. @returns the exit status @internal */
export async function rehearse(invocation: RehearseInvocation): Promise<number> {
  const { options } = invocation;
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  try {
    const result = await resultOf(invocation, interrupt.signal);
    if (interrupt.signal.aborted) throw interrupted();
    if (options.svg) writeOutput(options.svg, `${NAME}.svg`, svgTable(result));
    if (options.html) writeOutput(options.html, `${NAME}.html`, htmlPage(result));
    if (options.junit) writeOutput(options.junit, `${NAME}.xml`, junitXml(result));
    const isTaken = [options.svg, options.html, options.junit].includes('-');
    if (options.json) process.stdout.write(jsonText(result));
    else if (!isTaken)
      process.stdout.write(
        terminalText(result, process.stdout.isTTY && process.stdout.hasColors()),
      );
    return result.runs[0]!.verdict.ok ? 0 : 1;
  } catch (error) {
    throw interrupt.signal.aborted ? interrupted() : error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}

async function resultOf(
  invocation: RehearseInvocation,
  interrupt: AbortSignal,
): Promise<RehearsalResult> {
  const options = runOptions(invocation);
  const runs = [await runNamed('as it is', options, interrupt)];
  if (invocation.options.against !== 'plain' || interrupt.aborted) return { options, runs };
  if (runs[0]!.application === undefined) return { options, runs, note: PLAIN_ALREADY };
  runs.push(await runNamed("with Nest's own hooks", { ...options, isPlain: true }, interrupt));
  return { options, runs, note: comparisonOf(runs) };
}

async function runNamed(
  name: string,
  options: RehearsalOptions,
  interrupt: AbortSignal,
): Promise<RehearsalRun> {
  const run = await rehearseOnce(options, tell, interrupt);
  return { name, ...run, verdict: verdictOn(run, options) };
}

function comparisonOf(runs: readonly RehearsalRun[]): string {
  const parts = runs.map(({ name, after }) => {
    const { sent, lost } = sumOf(after);
    return `${name}, ${lostOf(lost)} of ${sent} were lost`;
  });
  return `Side by side: ${parts.join('; ')}.`;
}

/** Shows progress on a terminal only. */
function tell(step: string): void {
  if (process.stderr.isTTY) console.error(`nestjs-drain: ${step}`);
}
