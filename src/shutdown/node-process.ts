import cluster from 'node:cluster';
import { isatty } from 'node:tty';
import { isMainThread } from 'node:worker_threads';

import type { ProcessPort } from './process-port.js';
import { realTimers } from './real-timers.js';
import { startWatchdog } from './watchdog.js';

/** The resources that peers connect to, by Node's names. */
const SERVERS: ReadonlySet<string> = new Set(['TCPServerWrap', 'PipeServerWrap', 'UDPWrap']);

/**
 * Node lists these for standard input and output, which do not hold the event loop by themselves.
 */
const STANDARD_STREAMS: ReadonlySet<string> = new Set(['PipeWrap', 'TTYWrap']);

/** The real process. @internal */
export const nodeProcess: ProcessPort = {
  getsSignals: isMainThread,
  unsupportedRuntime: process.versions['bun'] === undefined ? undefined : 'Bun',
  onSignal: (signal, listener) => {
    process.on(signal, listener);
    return () => void process.off(signal, listener);
  },
  onCrash: (listener) => {
    // Node raises unhandled rejections here too, unless they have a listener of their own.
    const event = 'uncaughtException';
    const heard = (error: unknown) => listener(error, isTakenByOther(heard));
    process.on(event, heard);
    return () => void process.off(event, heard);
  },
  onExit: (listener) => void process.once('exit', (code) => listener(code)),
  // A cluster worker has no handle of its own: its primary listens.
  hasServers: () =>
    cluster.isWorker || process.getActiveResourcesInfo().some((name) => SERVERS.has(name)),
  listeners: (signal) => process.listeners(signal),
  isTerminal: () => isatty(0),
  exit: (code) => process.exit(code),
  exitWhenIdle: (code, waitMs, onHeld) => {
    if (code !== 0) process.exitCode = code;
    endWithoutCleanUp();
    realTimers
      .setTimeout(() => {
        onHeld(activeResources());
        whenWritten(() => process.exit());
      }, waitMs)
      .unref();
  },
  onIdle: (waitMs, callback) => {
    const idle = () => {
      realTimers.clearTimeout(timer);
      callback([]);
    };
    const timer = realTimers
      .setTimeout(() => {
        process.off('beforeExit', idle);
        callback(activeResources());
      }, waitMs)
      .unref();
    process.once('beforeExit', idle);
  },
  ignoreOutputErrors: () => {
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  },
  // A blocked worker thread must not kill the whole process.
  startWatchdog: isMainThread ? startWatchdog : () => {},
};

/**
 * Whether another listener takes uncaught errors. Sentry's does not: it reports the error, and ends
 * the process unless it finds another listener, such as this one. Sentry marks it.
 */
function isTakenByOther(own: object): boolean {
  return process
    .listeners('uncaughtException')
    .some((one) => one !== own && !('_errorHandler' in one));
}

/**
 * A Node process that ends by itself frees its whole heap first. `process.exit()` leaves that to the
 * system: it is called once the event loop has ended, as the last of the `exit` listeners.
 */
function endWithoutCleanUp(): void {
  process.on('beforeExit', () => {
    // After those that other `beforeExit` listeners add.
    process.nextTick(() => {
      process.off('exit', endNow);
      process.on('exit', endNow);
    });
  });
}

function endNow(): void {
  process.exit();
}

function activeResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => !STANDARD_STREAMS.has(name));
}

/** How long the output may take to be written, since its reader may have stopped. */
const WRITTEN_WITHIN_MS = 200;

/** Calls back once all output so far has been written. */
function whenWritten(callback: () => void): void {
  const streams = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0);
  if (streams.length === 0) return callback();
  realTimers.setTimeout(callback, WRITTEN_WITHIN_MS);
  let left = streams.length;
  const written = () => {
    left -= 1;
    if (left === 0) callback();
  };
  for (const stream of streams) stream.write('', written);
}
