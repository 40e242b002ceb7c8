import { Worker } from 'node:worker_threads';

import { inBackground } from './background-thread.js';

/** All threads have this clock. A test may replace it later. */
const { hrtime } = process;

/** Runs in a thread of its own, so it can neither log through Nest nor exit. */
const SOURCE = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const leftMs = Number(workerData.endsAt - process.hrtime.bigint()) / 1e6;
setTimeout(() => {
  try {
    writeSync(2, 'nestjs-drain: the event loop was still blocked at the deadline: killing the process\\n');
  } catch {}
  process.kill(process.pid, 'SIGKILL');
}, Math.max(0, leftMs));
`;

/**
 * Kills the process after `ms`, whatever its event loop does: a synchronous endless loop lets no
 * timer of its own thread fire. The last resort; a shutdown that goes well is over long before.
 *
 * A PID 1 cannot kill itself (the kernel drops such signals); there the container runtime does.
 *
 * @internal
 */
export function startWatchdog(ms: number): void {
  try {
    const name = 'nestjs-drain-watchdog';
    // The thread would run `--require` modules of `execArgv` and NODE_OPTIONS again, such as a
    // tracer.
    const inherited = { execArgv: [], env: {} };
    // It writes to the descriptor itself. Pipes from it would be new kinds of streams, for which V8
    // compiles code of Node again that handles each request.
    const unpiped = { stdout: true, stderr: true };
    // The start of the thread takes time, too.
    const endsAt = hrtime.bigint() + BigInt(Math.ceil(ms * 1e6));
    const options = { eval: true, workerData: { endsAt }, name, ...inherited, ...unpiped };
    const worker = inBackground(() => new Worker(SOURCE, options));
    worker.on('error', warn);
    worker.unref();
  } catch (error) {
    // Node's permission model forbids threads unless told otherwise.
    warn(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(`No watchdog for a blocked event loop: ${String(error)}`, 'nestjs-drain');
}
