import { describe, expect, it } from 'vitest';

import { Results } from './results.mjs';

const old = { file: 'nestjs-drain', name: 'nestjs-drain', version: '1.0.0' };
const round = { ms: 10, exit: 0, sent: 1, lost: 0 };

function measured() {
  const results = new Results();
  results.begin({ date: '2026-01-01', load: 0.1 });
  results.setSolutions('express', [old]);
  results.add('express', 'idle', old, round);
  return results;
}

describe('the results of the comparison', () => {
  it('add up, and each round names its run and its version', () => {
    const results = measured();
    results.begin({ date: '2026-01-02', load: 0.2 });
    results.setSolutions('express', [old]);
    results.add('express', 'idle', old, round);
    const rounds = results.rounds('express', 'idle', 'nestjs-drain');
    expect(rounds.map(({ run }) => results.runs[run].date)).toEqual(['2026-01-01', '2026-01-02']);
    expect(rounds.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0']);
  });

  it('drop the rounds of another version', () => {
    const results = measured();
    results.setSolutions('express', [{ ...old, version: '2.0.0' }]);
    expect(results.rounds('express', 'idle', 'nestjs-drain')).toEqual([]);
    expect(results.adapters.express.cells).toEqual([]);
  });

  it('keep the rounds of a solution that does not take part this time, in their place', () => {
    const results = measured();
    results.setSolutions('express', [{ file: 'stoppable', name: 'stoppable', version: '1.0.0' }]);
    expect(results.rounds('express', 'idle', 'nestjs-drain')).toHaveLength(1);
    expect(results.adapters.express.solutions.map(({ file }) => file)).toEqual([
      'nestjs-drain',
      'stoppable',
    ]);
  });
});
