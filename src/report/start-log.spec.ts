import { expect, it } from 'vitest';

import { StartLog } from './start-log.js';

const BUDGET = { gracePeriodMs: 5000, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };

function setUp() {
  const lines: [level: string, message: string][] = [];
  const log = new StartLog({
    log: (message) => void lines.push(['log', message]),
    warn: (message) => void lines.push(['warn', message]),
  });
  return { log, lines };
}

it.each([
  {
    budget: { gracePeriodMs: 5000, drainTimeoutMs: 20_000, closeTimeoutMs: 4000 },
    line: 'grace 5.0 s + drain 20.0 s + close 4.0 s = 29.0 s',
    needed: 30,
  },
  {
    budget: { gracePeriodMs: 0, drainTimeoutMs: 1500, closeTimeoutMs: 100 },
    line: 'grace 0.0 s + drain 1.5 s + close 0.1 s = 1.6 s',
    needed: 3,
  },
])(
  'the log of a start says which signals are armed, and that Kubernetes needs $needed s',
  ({ budget, line, needed }) => {
    const { log, lines } = setUp();
    log.armed(['SIGTERM', 'SIGINT'], budget);
    expect(lines).toEqual([
      [
        'log',
        `Armed for SIGTERM, SIGINT: ${line}; ` +
          `in Kubernetes set terminationGracePeriodSeconds to at least ${needed}`,
      ],
    ]);
  },
);

it('the log of a worker names its primary, and does not mention Kubernetes, which only sees the primary', () => {
  const { log, lines } = setUp();
  log.armed(['SIGTERM'], BUDGET, 42);
  expect(lines).toEqual([
    [
      'log',
      'Armed as a worker of process 42, which takes the signals: ' +
        'grace 5.0 s + drain 10.0 s + close 2.0 s = 17.0 s',
    ],
  ]);
});

it('the log of a worker says why it is not ready', () => {
  const { log, lines } = setUp();
  log.notReady('GET /ready answers 503');
  expect(lines).toEqual([['warn', 'Not ready for connections yet: GET /ready answers 503']]);
});

it('the log of a start says if no signal is listened to', () => {
  const { log, lines } = setUp();
  log.armed([], BUDGET);
  expect(lines[0]?.[1]).toMatch(/^Armed for no signal: /);
});

it('the log of a start warns only of settings without effect', () => {
  const { log, lines } = setUp();
  log.idleSettings([]);
  expect(lines).toEqual([]);
  log.idleSettings(['gracefulShutdownTimeoutMs', 'forceCloseConnections']);
  expect(lines).toEqual([
    ['warn', expect.stringContaining('gracefulShutdownTimeoutMs, forceCloseConnections')],
  ]);
});

it('the log of a start has the remedy if Nest hides its teardown', () => {
  const { log, lines } = setUp();
  log.notCaptured();
  expect(lines).toEqual([['warn', expect.stringContaining('GracefulShutdownModule.attach(app)')]]);
});
