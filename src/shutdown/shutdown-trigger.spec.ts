import { describe, expect, it } from 'vitest';

import {
  deservesGrace,
  describeTrigger,
  endsTheProcess,
  isAwaited,
  type ShutdownTrigger,
  signalOf,
} from './shutdown-trigger.js';

interface Row {
  readonly trigger: ShutdownTrigger;
  readonly line: string;
  readonly grace: boolean;
  readonly exits: boolean;
  readonly signal?: string;
}

const signal = (name: NodeJS.Signals, typed = false): ShutdownTrigger => ({
  kind: 'signal',
  signal: name,
  typed,
});

const rows: Row[] = [
  {
    trigger: signal('SIGTERM'),
    line: 'SIGTERM received',
    grace: true,
    exits: true,
    signal: 'SIGTERM',
  },
  {
    trigger: signal('SIGINT'),
    line: 'SIGINT received',
    grace: true,
    exits: true,
    signal: 'SIGINT',
  },
  {
    trigger: signal('SIGINT', true),
    line: 'SIGINT received from the terminal',
    grace: false,
    exits: true,
    signal: 'SIGINT',
  },
  { trigger: { kind: 'request' }, line: 'shutdown() called', grace: true, exits: true },
  {
    trigger: { kind: 'request', reason: 'lease lost' },
    line: 'shutdown() called (lease lost)',
    grace: true,
    exits: true,
  },
  {
    trigger: { kind: 'crash', error: new Error('boom') },
    line: 'Uncaught exception',
    grace: false,
    exits: true,
  },
  {
    trigger: { kind: 'restart' },
    line: 'A new worker has taken over',
    grace: false,
    exits: true,
  },
  { trigger: { kind: 'close' }, line: 'close() called', grace: false, exits: false },
  {
    trigger: { kind: 'close', signal: 'SIGTERM' },
    line: 'close() called',
    grace: false,
    exits: false,
    signal: 'SIGTERM',
  },
];

describe('ShutdownTrigger', () => {
  it.each(rows)('$line deserves a grace period: $grace', ({ trigger, grace }) => {
    expect(deservesGrace(trigger)).toBe(grace);
  });

  it.each(rows)('$line ends the process: $exits', ({ trigger, exits }) => {
    expect(endsTheProcess(trigger)).toBe(exits);
  });

  it.each(rows)('$line is awaited, unless it is a restart', ({ trigger }) => {
    expect(isAwaited(trigger)).toBe(trigger.kind !== 'restart');
  });

  it.each(rows)('$line passes $signal to the hooks', ({ trigger, signal: expected }) => {
    expect(signalOf(trigger)).toBe(expected);
  });

  it.each(rows)('$line is described in the log', ({ trigger, line }) => {
    expect(describeTrigger(trigger)).toBe(line);
  });
});
