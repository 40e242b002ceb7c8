import { expect, it } from 'vitest';

import { PLATFORMS } from '../../../platforms/platforms.js';
import type { RehearsalResult, RehearsalRun } from '../result.js';
import { terminalText } from './terminal-text.js';

const run: RehearsalRun = {
  name: 'as it is',
  port: 3000,
  paths: ['/orders'],
  readyPath: '/ready',
  isPlain: false,
  application: undefined,
  before: [],
  after: [
    {
      kind: 'kept alive',
      sent: 160,
      lost: { refused: 0, reset: 0, cut: 0, error: 0, wrong: 0 },
      slowestMs: 51,
    },
  ],
  lostRequests: [],
  exit: { code: 0, signal: null },
  goneAfterMs: 1520,
  wasKilled: false,
  underWayAtKill: [],
  orphans: [],
  redAfterMs: 180,
  outAfterMs: 1000,
  report: undefined,
  output: '',
  verdict: { ok: true, sentence: 'Nothing was lost.', findings: [] },
};
const plain: RehearsalRun = {
  ...run,
  name: "with Nest's own hooks",
  after: [{ ...run.after[0]!, lost: { refused: 1, reset: 2, cut: 3, error: 18, wrong: 4 } }],
  exit: { code: null, signal: 'SIGTERM' },
  goneAfterMs: 6320,
};

function textOf(...runs: RehearsalRun[]): string {
  const command = { words: ['node', 'main.js'], text: 'node main.js' };
  const platform = PLATFORMS.find(({ id }) => id === 'kubernetes')!;
  const options = { command, platform, patienceMs: 30_000, lagMs: 1000 };
  return terminalText({ options, runs } as unknown as RehearsalResult, false);
}

it('a rehearsal of two runs ends with a table of both', () => {
  expect(textOf(run, plain).trimEnd().split('\n').slice(-3)).toEqual([
    '                       sent  refused  reset  cut  5xx  wrong  signal to exit     exit',
    'as it is                160        0      0    0    0      0           1.5 s        0',
    "with Nest's own hooks   160        1      2    3   18      4           6.3 s  SIGTERM",
  ]);
});

it('the table of a rehearsal says that a service had to be killed', () => {
  expect(textOf(run, { ...plain, wasKilled: true })).toMatch(/6\.3 s +killed\n$/);
});

it('a rehearsal of one run has no table of runs', () => {
  expect(textOf(run)).not.toContain('signal to exit');
});

it('a rehearsal leaves out advice that depends on the simulated balancer', () => {
  const advice = ['No new connection came after 1.0 s of a grace period of 5.0 s', 'Raise it.'];
  const text = textOf({ ...run, report: { advice } as never });
  expect(text).toContain('Advice of the module: Raise it.');
  expect(text).not.toContain('No new connection');
});
