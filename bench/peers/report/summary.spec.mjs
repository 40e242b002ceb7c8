import { describe, expect, it } from 'vitest';

import { compare, OURS, summarize } from './summary.mjs';

function round(more = {}) {
  return { ms: 1000, exit: 0, sent: 20, lost: 0, lateMs: 0, ...more };
}

function cell(solution, ...rounds) {
  return { solution, ...summarize(rounds) };
}

function namesOf(cells) {
  return cells.map(({ solution }) => solution);
}

describe('the summary of a cell', () => {
  it('has the median and the worst of its rounds', () => {
    const rounds = [1, 5, 2].map((lost) => round({ lost, reset: lost, ms: lost * 100 }));
    expect(summarize(rounds)).toMatchObject({
      rounds: 3,
      lost: { median: 2, worst: 5 },
      ms: { median: 200, worst: 500 },
      ways: { wrong: 0, reset: 8, refused: 0 },
    });
  });

  it('takes the worse of the two middle rounds as the median', () => {
    expect(summarize([round({ lost: 0 }), round({ lost: 4 })]).lost).toEqual({
      median: 4,
      worst: 4,
    });
  });

  it('leaves out failed rounds, and says why they failed', () => {
    const summary = summarize([round(), { error: 'it did not start' }]);
    expect(summary).toMatchObject({ rounds: 1, errors: ['it did not start'] });
    expect(summarize([{ error: 'no' }])).toEqual({ rounds: 0, errors: ['no'] });
  });
});

describe('the comparison with this module', () => {
  it('ranks a solution better only if it also lost fewer in its worst round', () => {
    const ours = cell(OURS, round(), round(), round({ lost: 1 }));
    const other = cell('other', round(), round(), round());
    expect(namesOf(compare([ours, other]).better)).toEqual(['other']);
    expect(
      namesOf(compare([other, { ...ours, solution: 'one' }, cell(OURS, round())]).better),
    ).toEqual([]);
  });

  it('calls a solution faster only if it lost no more and exited more than 0.1 s sooner', () => {
    const ours = cell(OURS, round());
    const others = [
      cell('sooner', round({ ms: 800 })),
      cell('about as fast', round({ ms: 950 })),
      cell('sooner, and loses', round({ ms: 100, lost: 1 })),
    ];
    expect(namesOf(compare([ours, ...others]).faster)).toEqual(['sooner']);
  });

  it('compares processor time and memory where they are measured', () => {
    const ours = cell(OURS, round({ value: 100, unit: 'µs' }));
    const less = cell('less', round({ value: 90, unit: 'µs', ms: 10 }));
    const same = cell('same', round({ value: 97, unit: 'µs', ms: 10 }));
    expect(compare([ours, less, same])).toMatchObject({
      faster: [],
      cheaper: [{ solution: 'less' }],
    });
  });

  it('is empty if this module was not measured', () => {
    const nothing = { better: [], faster: [], cheaper: [] };
    expect(compare([cell('other', round())])).toEqual(nothing);
    expect(compare([cell(OURS, { error: 'no' }), cell('other', round())])).toEqual(nothing);
  });
});
