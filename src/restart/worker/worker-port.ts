import { constants } from 'node:os';

import { nodeProcess } from '../../shutdown/node-process.js';
import type { ProcessPort } from '../../shutdown/process-port.js';

/** What a terminal, a service manager or an operator may send to a whole group of processes. */
const GROUP_SIGNALS: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR2',
];

function leftToThePrimary(): void {}

function ignore(signal: NodeJS.Signals): void {
  if (!process.listeners(signal).includes(leftToThePrimary)) process.on(signal, leftToThePrimary);
}

/**
 * The process of a worker. A signal does nothing to it, because the primary gets it too, and says
 * who leaves, and when; but it is listened to, or it would end the process.
 *
 * @param more - signals to ignore, besides those that are sent to groups
 * @param onAsked - called with each signal by which the application wants to leave
 * @internal
 */
export function workerPort(
  primaryPid: number,
  more: readonly NodeJS.Signals[] = [],
  onAsked: (signal: NodeJS.Signals) => void = () => {},
): ProcessPort {
  for (const signal of [...GROUP_SIGNALS, ...more]) if (signal in constants.signals) ignore(signal);
  return {
    ...nodeProcess,
    signalledPid: primaryPid,
    onSignal: (signal) => {
      ignore(signal);
      onAsked(signal);
      return () => {};
    },
    listeners: (signal) =>
      nodeProcess.listeners(signal).filter((listener) => listener !== leftToThePrimary),
  };
}
