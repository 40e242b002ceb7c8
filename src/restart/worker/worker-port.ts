import { constants } from 'node:os';

import { nodeProcess } from '../../shutdown/node-process.js';
import type { ProcessPort } from '../../shutdown/process-port.js';

/** The signals that a terminal, a service manager or an operator may send to a process group. */
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
 * The process of a worker. It ignores signals, because the primary gets them, too, and decides who
 * leaves and when. It still listens to them, because the default action would end the process.
 *
 * @param more - further signals to ignore
 * @param onAsked - called with each signal that the application handles
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
