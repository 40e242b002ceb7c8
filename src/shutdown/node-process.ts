import { isatty } from 'node:tty';
import { isMainThread } from 'node:worker_threads';

import type { ProcessPort } from './process-port.js';
import { realTimers } from './real-timers.js';
import { startWatchdog } from './watchdog.js';

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
    process.on('uncaughtException', listener);
    return () => void process.off('uncaughtException', listener);
  },
  listeners: (signal) => process.listeners(signal),
  isTerminal: () => isatty(0),
  exit: (code) => process.exit(code),
  exitWhenIdle: (code, waitMs, onHeld) => {
    if (code !== 0) process.exitCode = code;
    realTimers
      .setTimeout(() => {
        onHeld(process.getActiveResourcesInfo());
        process.exit();
      }, waitMs)
      .unref();
  },
  ignoreOutputErrors: () => {
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  },
  // Of a blocked worker thread, the process and its other threads are not to die.
  startWatchdog: isMainThread ? startWatchdog : () => {},
};
