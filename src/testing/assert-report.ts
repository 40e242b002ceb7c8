import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';

import type { ReportedState, ShutdownReport } from '../report/shutdown-report.js';

/** The expectations of `assertReport()`. A field that is left out is not checked. @publicApi */
export interface ExpectedShutdown {
  /** The result of the shutdown: `clean`, `forced` or `failed`. */
  readonly result?: ShutdownReport['result'];
  /** The exit code of the process. */
  readonly exitCode?: number;
  /** The longest that the shutdown may have taken, in ms of fake time. */
  readonly within?: number;
  /**
   * The states that it went through, in order. A grace period that was not due is one of them, with
   * 0 ms.
   */
  readonly states?: readonly ReportedState['state'][];
  /** The number of requests answered whole since it began. */
  readonly completed?: number;
  /** The number of tasks that were cut, of all kinds. */
  readonly cut?: number;
  /** The hooks that completed, in the order they began. Others may have run between them. */
  readonly hooks?: readonly string[];
  /** The names of what failed; `[]` for nothing. */
  readonly failures?: readonly string[];
}

interface Difference {
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Asserts that a shutdown went as expected, in any test runner.
 *
 * @example
 * ```ts
 * const report = await test.finish();
 * assertReport(report, {
 *   result: 'clean',
 *   within: 10_000,
 *   cut: 0,
 *   hooks: ['OrdersController.onModuleDestroy', 'Database.onModuleDestroy'],
 * });
 * ```
 *
 * @param report - that of `test.finish()` or of `GracefulShutdownService`
 * @throws AssertionError of `node:assert`, with each difference in its message
 * @publicApi
 */
export function assertReport(report: ShutdownReport | undefined, expected: ExpectedShutdown): void {
  if (report === undefined)
    throw failed(['there is no report, because the shutdown has not ended'], expected);
  const differences = new Map<string, Difference>();
  const compare = (name: keyof ExpectedShutdown, actual: unknown, isAsExpected?: boolean) => {
    const wanted = expected[name];
    if (wanted === undefined) return;
    if (isAsExpected ?? isDeepStrictEqual(actual, wanted)) return;
    differences.set(name, { expected: wanted, actual });
  };
  compare('result', report.result);
  compare('exitCode', report.exitCode);
  compare('within', report.totalMs, report.totalMs <= (expected.within ?? Infinity));
  compare(
    'states',
    report.states.map(({ state }) => state),
  );
  compare('completed', report.requests.completed);
  compare(
    'cut',
    report.participants.reduce((sum, { cut }) => sum + cut, 0),
  );
  compare('hooks', hooksOf(report), haveEndedWell(report, expected.hooks ?? []));
  compare(
    'failures',
    report.failures.map(({ where }) => where),
  );
  if (differences.size > 0) throw differsIn(differences, report);
}

/** Appends the outcome to hooks that did not complete. */
function hooksOf({ hooks }: ShutdownReport): string[] {
  return hooks.map(({ name, outcome }) =>
    outcome === 'completed' ? name : `${name} (${outcome})`,
  );
}

function haveEndedWell(report: ShutdownReport, wanted: readonly string[]): boolean {
  const left = [...wanted];
  for (const hook of hooksOf(report)) if (hook === left[0]) left.shift();
  return left.length === 0;
}

function differsIn(
  differences: ReadonlyMap<string, Difference>,
  { failures }: ShutdownReport,
): AssertionError {
  const lines = [...differences].map(
    ([name, { expected, actual }]) => `${name}: expected ${show(expected)}, was ${show(actual)}`,
  );
  const causes = failures.map(({ where, message }) => `${where} failed: ${message}`);
  return failed([...lines, ...causes], side(differences, 'expected'), side(differences, 'actual'));
}

function side(differences: ReadonlyMap<string, Difference>, name: keyof Difference): object {
  return Object.fromEntries([...differences].map(([key, difference]) => [key, difference[name]]));
}

function failed(lines: readonly string[], expected: object, actual?: object): AssertionError {
  const message = ['The shutdown was not as expected:', ...lines].join('\n  ');
  return new AssertionError({ message, expected, actual, stackStartFn: assertReport });
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'none';
}
