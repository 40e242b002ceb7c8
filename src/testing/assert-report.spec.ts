import { AssertionError } from 'node:assert';

import { describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../report/shutdown-report.js';
import { assertReport, type ExpectedShutdown } from './assert-report.js';

const report = {
  result: 'failed',
  exitCode: 1,
  totalMs: 8000,
  states: [{ state: 'grace' }, { state: 'draining' }, { state: 'closing' }],
  requests: { completed: 3 },
  participants: [
    { name: 'http', atStart: 2, cut: 1 },
    { name: 'bullmq', atStart: 2, cut: 1 },
  ],
  hooks: [
    { name: 'Api.onModuleDestroy', outcome: 'completed' },
    { name: 'Mailer.onModuleDestroy', outcome: 'failed' },
    { name: 'Db.onModuleDestroy', outcome: 'completed' },
  ],
  failures: [{ where: 'Mailer.onModuleDestroy', message: 'no route' }],
} as unknown as ShutdownReport;

function errorOf(expected: ExpectedShutdown, actual: ShutdownReport | undefined = report): unknown {
  try {
    assertReport(actual, expected);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('assertReport', () => {
  it.each<[ExpectedShutdown]>([
    [{}],
    [{ result: 'failed', exitCode: 1, within: 8000, completed: 3, cut: 2 }],
    [{ states: ['grace', 'draining', 'closing'] }],
    [{ hooks: ['Api.onModuleDestroy', 'Db.onModuleDestroy'] }],
    [{ failures: ['Mailer.onModuleDestroy'] }],
  ])('accepts %j', (expected) => {
    expect(errorOf(expected)).toBeUndefined();
  });

  it.each<[ExpectedShutdown, string]>([
    [{ result: 'clean' }, 'result: expected "clean", was "failed"'],
    [{ exitCode: 0 }, 'exitCode: expected 0, was 1'],
    [{ within: 7999 }, 'within: expected 7999, was 8000'],
    [{ completed: 4 }, 'completed: expected 4, was 3'],
    [{ cut: 0 }, 'cut: expected 0, was 2'],
    [{ failures: [] }, 'failures: expected [], was ["Mailer.onModuleDestroy"]'],
    [
      { states: ['draining', 'closing'] },
      'states: expected ["draining","closing"], was ["grace","draining","closing"]',
    ],
    [
      { hooks: ['Mailer.onModuleDestroy'] },
      'was ["Api.onModuleDestroy","Mailer.onModuleDestroy (failed)"',
    ],
    [{ hooks: ['Db.onModuleDestroy', 'Api.onModuleDestroy'] }, 'hooks: expected'],
    [{ hooks: ['Cache.onModuleDestroy'] }, 'hooks: expected ["Cache.onModuleDestroy"]'],
  ])('names the actual value for %j', (expected, text) => {
    expect((errorOf(expected) as Error).message).toContain(text);
  });

  it('names all differences and the causes at once, as text and as data', () => {
    const error = errorOf({ result: 'clean', cut: 0, within: 9000 });
    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toMatchObject({
      message:
        'The shutdown was not as expected:\n' +
        '  result: expected "clean", was "failed"\n' +
        '  cut: expected 0, was 2\n' +
        '  Mailer.onModuleDestroy failed: no route',
      expected: { result: 'clean', cut: 0 },
      actual: { result: 'failed', cut: 2 },
    });
  });

  it('says that there is no report yet', () => {
    expect(() => assertReport(undefined, {})).toThrow('there is no report');
  });
});
