import { describe, expect, it } from 'vitest';

import { exampleReport, hostileReport } from '../../../test/support/example-reports.js';
import type { ShutdownReport } from '../../report/shutdown-report.js';
import { timelineOf } from './timeline.js';

const rolling = exampleReport('rolling');

describe('the timeline of a report', () => {
  it.each<[ShutdownReport['trigger'], string]>([
    [{ kind: 'signal', signal: 'SIGTERM' }, 'SIGTERM'],
    [{ kind: 'request' }, 'shutdown()'],
    [{ kind: 'request', reason: 'lease lost' }, 'shutdown(): lease lost'],
    [{ kind: 'restart' }, 'A restart'],
    [{ kind: 'crash', reason: 'x is undefined' }, 'A crash: x is undefined'],
    [{ kind: 'close' }, 'app.close()'],
  ])('names the trigger: %j', (trigger, title) => {
    expect(timelineOf({ ...rolling, trigger }).title).toBe(title);
  });

  it('has the total time and the result', () => {
    expect(timelineOf(rolling).total).toBe('7.2 s of 29.0 s, exit code 0');
    expect(timelineOf(exampleReport('close')).total).toBe('13 ms of 24.0 s');
  });

  it('has the key figures, and marks the bad ones', () => {
    const { figures } = timelineOf(exampleReport('forced'));
    expect(figures.filter(({ isBad }) => isBad)).toEqual([{ value: 6, label: 'cut', isBad: true }]);
    expect(figures.map(({ value }) => value)).toEqual([31, 1290, 1313, 2, 6, 0, 0]);
  });

  it('has paragraphs, without the empty ones', () => {
    expect(timelineOf(exampleReport('close')).paragraphs).toEqual([]);
    const { paragraphs } = timelineOf(exampleReport('failed'));
    expect(paragraphs.map(({ heading, isBad }) => [heading, isBad])).toEqual([
      ['work', false],
      ['connections', false],
      ['late requests', false],
      ['failures', true],
      ['event loop held by', true],
      ['telemetry flush', true],
      ['advice', false],
    ]);
    expect(paragraphs[4]?.lines).toEqual(['TCPSocketWrap (2), Timeout']);
  });
});

describe('the states in a timeline', () => {
  it('say why they ended', () => {
    expect(timelineOf(rolling).states.map(({ state, took, end }) => [state, took, end])).toEqual([
      ['grace', '5.0 s', 'time elapsed'],
      ['draining', '2.0 s', 'done'],
      ['closing', '214 ms', 'done'],
    ]);
  });

  it('are left out if they took no time', () => {
    const { states } = timelineOf(exampleReport('close'));
    expect(states.map(({ state }) => state)).toEqual(['draining', 'closing']);
  });
});

describe('the budget in a timeline', () => {
  it('has its end on the axis if that is near', () => {
    const { budget, axis } = timelineOf(exampleReport('forced'));
    expect(budget).toEqual({ end: '29.0 s', atMs: 29_000 });
    expect(axis.toMs).toBe(29_000);
  });

  it('has no end on the axis if that would squeeze everything else', () => {
    const { budget, axis } = timelineOf(rolling);
    expect(budget).toEqual({ end: '29.0 s' });
    expect(axis.toMs).toBe(7184);
  });

  it('has its end on the axis if the shutdown took longer', () => {
    const late = { ...rolling, budget: { ...rolling.budget, totalMs: 6000 } };
    const { budget, axis } = timelineOf(late);
    expect([budget.atMs, axis.toMs]).toEqual([6000, 7184]);
  });
});

describe('the requests in a timeline', () => {
  it('are in the order in which they began, with their outcome', () => {
    const { bars, others } = timelineOf(rolling).requests;
    expect(others).toBe(0);
    expect(bars.slice(0, 4).map(({ label, look, note }) => [label, look, note])).toEqual([
      ['GET OrdersController.export', 'whole', '9.2 s, completed'],
      ['POST UploadsController.create', 'whole', '5.1 s, completed'],
      ['GET SearchController.query', 'whole', '1.2 s, completed'],
      ['POST CheckoutController.pay', 'broken', '1.9 s, aborted'],
    ]);
  });

  it('are clipped only if they began long before the shutdown', () => {
    const { requests, axis } = timelineOf(rolling);
    const [long, short] = requests.bars;
    expect([long?.isClipped, long?.atMs]).toEqual([true, axis.fromMs]);
    expect([short?.isClipped, short?.atMs]).toEqual([false, -180]);
  });

  it('begin at 0 if none is older', () => {
    const slowest = rolling.requests.slowest.filter(({ atMs }) => atMs >= 0);
    const { axis } = timelineOf({ ...rolling, requests: { ...rolling.requests, slowest } });
    expect(axis.fromMs).toBe(0);
  });
});

describe('the hooks in a timeline', () => {
  it('have an axis of their own if closing is only a slice', () => {
    const { hooks, axis } = timelineOf(rolling);
    expect(hooks.isMagnified).toBe(true);
    expect([hooks.axis.fromMs, hooks.axis.toMs]).toEqual([6970, 7184]);
    expect(axis.toMs).toBe(7184);
  });

  it('share the main axis if closing took long', () => {
    const { hooks, axis } = timelineOf(exampleReport('failed'));
    expect(hooks.isMagnified).toBe(false);
    expect(hooks.axis).toBe(axis);
    expect(hooks.bars.map(({ look }) => look)).toEqual(['cut', 'whole', 'cut', 'whole']);
  });
});

it('in a timeline, load holds until the next sample, and received requests cover the time before', () => {
  const samples = [
    { atMs: 0, inFlight: 4, connections: 0, received: 0 },
    { atMs: 10, inFlight: 2, connections: 0, received: 7 },
  ];
  expect(timelineOf({ ...rolling, totalMs: 15, samples }).load).toEqual([
    {
      label: 'in flight',
      most: 4,
      steps: [
        { fromMs: 0, toMs: 10, value: 4 },
        { fromMs: 10, toMs: 15, value: 2 },
      ],
    },
    {
      label: 'requests received',
      most: 7,
      steps: [
        { fromMs: 0, toMs: 0, value: 0 },
        { fromMs: 0, toMs: 10, value: 7 },
      ],
    },
  ]);
});

it('a timeline marks when the last of something came, if any did', () => {
  expect(timelineOf(exampleReport('forced')).marks).toEqual([
    {
      label: 'new connections',
      text: '57 new, 19 late',
      last: { atMs: 17_840, text: 'last at 17.8 s' },
    },
    {
      label: 'health probes',
      text: '12 answered, 12 red',
      last: { atMs: 24_650, text: 'last at 24.6 s' },
    },
  ]);
  expect(timelineOf(exampleReport('close')).marks).toEqual([]);
});

it('a timeline is bounded, and says how much is left out', () => {
  const timeline = timelineOf(hostileReport());
  const { requests, hooks, paragraphs, states, load } = timeline;
  expect([requests.bars.length, requests.others]).toEqual([20, 40]);
  expect([hooks.bars.length, hooks.others]).toEqual([20, 40]);
  expect(states.length).toBe(4);
  expect(load[0]?.steps.length).toBe(60);
  for (const { lines } of paragraphs) expect(lines.length).toBeLessThanOrEqual(13);
  expect(paragraphs.at(-1)?.lines.at(-1)).toBe('and 48 more');
});
