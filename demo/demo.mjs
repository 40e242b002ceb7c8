// `npm run demo`: the same application under the same load, twice. In the middle comes a SIGTERM.
// Exits with 0 if nestjs-drain lost no request and the process ended with 0.
// `npm run demo -- --svg FILE` keeps the picture of that shutdown, too.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { buildSamples } from '../sample/build.mjs';
import { CLIENTS, Load } from './load.mjs';

const LOAD_MS = 1000;
const START_TIMEOUT_MS = 5000;
/** Then it is killed, as Kubernetes would, which has more patience (30 s). */
const EXIT_TIMEOUT_MS = 10_000;
const reportFile = join(import.meta.dirname, '.out', 'report.json');

buildSamples();
mkdirSync(join(import.meta.dirname, '.out'), { recursive: true });
console.log(
  `${CLIENTS} clients on kept-alive connections, no retries; SIGTERM in the middle: 10 s.\n`,
);
const nest = await rollOut('nest');
const drain = await rollOut('nestjs-drain');

print(['', 'ok', '5xx', 'reset', 'refused', 'SIGTERM to exit', 'exit']);
print(["Nest's own hooks", ...row(nest)]);
print(['nestjs-drain', ...row(drain)]);

console.log(`
Nest closes the pool first, under the requests in flight, and waits for clients that nobody tells to
go. nestjs-drain turns readiness red, answers what still comes, and has Nest close the pool last:
`);
for (const line of drain.log) console.log(`  ${line}`);
console.log('\nThe same from its report, `npx nestjs-drain report demo/.out/report.json`:\n');
draw();
process.exitCode = lost(drain) === 0 && drain.exit === 0 ? 0 : 1;

/** Prints the picture of the report; with `--svg`, or `--html`, writes that. */
function draw() {
  const command = join(import.meta.dirname, '..', 'dist', 'cli', 'command.js');
  for (const args of [[], process.argv.slice(2)].filter((list, i) => i === 0 || list.length > 0)) {
    spawnSync(process.execPath, [command, 'report', reportFile, ...args], { stdio: 'inherit' });
  }
}

/** Starts an instance, loads it, ends it by SIGTERM. */
async function rollOut(mode) {
  const { child, lines, url } = await start(mode);
  const exited = once(child, 'exit');
  const printed = once(child, 'close');
  const load = new Load(url);
  await sleep(LOAD_MS);
  const linesBefore = lines.length;
  const begin = performance.now();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_TIMEOUT_MS);
  const [code, signal] = await exited;
  const exitMs = performance.now() - begin;
  clearTimeout(timer);
  await Promise.all([load.ended(), printed]);
  return {
    counts: load.counts,
    exitMs,
    exit: code ?? signal,
    log: lines.slice(linesBefore).filter(isTold),
  };
}

/** Resolves when the instance listens. */
function start(mode) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'instance.mjs'), mode], {
    env: { ...process.env, NO_COLOR: '1', REPORT_FILE: reportFile },
  });
  // Whatever happens to the demo, it leaves nothing behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const lines = [];
  const errors = [];
  child.stderr.on('data', (chunk) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    const notStarted = () => reject(new Error(`${mode} did not start:\n${errors.join('')}`));
    setTimeout(notStarted, START_TIMEOUT_MS).unref();
    child.once('exit', notStarted);
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const [, url] = /^Listening on (.*)/.exec(line) ?? [];
      if (url !== undefined) resolve({ child, lines, url });
    });
  });
}

/** The report is drawn below. */
function isTold(line) {
  return /\[(GracefulShutdown|OrdersRepos)/.test(line) && !line.includes('Shutdown report');
}

function lost({ counts }) {
  return counts['5xx'] + counts.reset + counts.refused;
}

function row({ counts, exitMs, exit }) {
  return [...Object.values(counts), `${Math.round(exitMs)} ms`, exit];
}

function print([name, ...cells]) {
  const widths = [6, 6, 7, 9, 17, 9];
  console.log(name.padEnd(18) + cells.map((cell, i) => String(cell).padStart(widths[i])).join(''));
}
