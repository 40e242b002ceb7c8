import { Worker } from 'node:worker_threads';

/** Runs in a thread of its own, so it can neither log through Nest nor exit. */
const SOURCE = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
setTimeout(() => {
  try {
    writeSync(2, 'nestjs-drain: the event loop was still blocked at the deadline: killing the process\\n');
  } catch {}
  process.kill(process.pid, 'SIGKILL');
}, workerData.ms);
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
    const own = { workerData: { ms }, name };
    const worker = new Worker(SOURCE, { eval: true, ...own, ...inherited, ...unpiped });
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
