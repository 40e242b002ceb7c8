import type { Platform } from '../../platforms/platforms.js';
import { seconds } from '../../shutdown/amounts.js';
import { totalMs } from '../../shutdown/shutdown-budget.js';
import type { Rehearsal } from './rehearsal.js';
import { type Loss, lostOf, sumOf } from './tally.js';

/** A problem, and what to do about it. @internal */
export interface Finding {
  /** Stable, for programs. */
  readonly code: string;
  readonly message: string;
}

/** The simulated platform. @internal */
export interface FindingContext {
  readonly platform: Platform;
  readonly patienceMs: number;
  readonly lagMs: number;
}

/** Covers two looks at the process and one probe. */
const LATE_MS = 250;
const AT_ONCE_MS = 250;

/** Explains the losses of a rehearsal, likely causes first. @internal */
export function findingsOf(run: Rehearsal, context: FindingContext): Finding[] {
  return [
    ...signalLost(run, context),
    ...nobodyListens(run, context),
    ...killed(run, context),
    ...budgetTooLong(run, context),
    ...refusedTooEarly(run, context),
    ...failedAfterSignal(run),
    ...rejected(run),
    ...neverEnded(run),
    ...cutConnections(run),
    ...wrongAnswers(run),
    ...exitCode(run),
    ...moduleMissing(run),
  ];
}

function signalLost({ orphans }: Rehearsal, { platform }: FindingContext): Finding[] {
  if (orphans.length === 0) return [];
  return [
    {
      code: 'SIGNAL_NOT_DELIVERED',
      message:
        `${platform.signal} ended the first process and never reached the service ` +
        `(${orphans.join(', ')}), which kept listening and was killed with its container: start ` +
        'node directly, as in CMD ["node", "dist/main.js"], not through npm or a shell.',
    },
  ];
}

function nobodyListens(run: Rehearsal, { platform }: FindingContext): Finding[] {
  // Nest also exits by the signal, but only after its hooks.
  const isAtOnce = run.goneAfterMs < AT_ONCE_MS && of(run, 'error').length === 0;
  if (run.orphans.length > 0 || run.exit.signal !== platform.signal || !isAtOnce) return [];
  const inContainer =
    platform.reaches === 'first'
      ? ' As PID 1 of a container it would ignore the signal, and be killed at the time limit.'
      : '';
  return [
    {
      code: 'SIGNAL_NOT_HANDLED',
      message: `${platform.signal} ended the process at once: it does not handle the signal.${inContainer}`,
    },
  ];
}

function killed(run: Rehearsal, { platform, patienceMs }: FindingContext): Finding[] {
  if (!run.wasKilled) return [];
  const labels = [...new Set(run.underWayAtKill.map(({ what }) => what))];
  const shown = labels.slice(0, 5).join(', ');
  const held = labels.length === 0 ? '' : ` Still in flight: ${shown}.`;
  return [
    {
      code: 'KILLED',
      message:
        `The process was still running ${seconds(patienceMs)} after the signal, when ` +
        `${platform.name} kills it.${held}`,
    },
  ];
}

function budgetTooLong(
  { report, application, isPlain }: Rehearsal,
  context: FindingContext,
): Finding[] {
  const { platform, patienceMs } = context;
  const budgetMs = report?.budget.totalMs ?? (application && totalMs(application.budget));
  if (isPlain || budgetMs === undefined || budgetMs < patienceMs) return [];
  const remedy = platform.setting === undefined ? '' : `, or raise the limit (${platform.setting})`;
  return [
    {
      code: 'BUDGET_TOO_LONG',
      message:
        `The shutdown may take ${seconds(budgetMs)}, but ${platform.name} kills the process after ` +
        `${seconds(patienceMs)}: shorten drainTimeoutMs${remedy}.`,
    },
  ];
}

function refusedTooEarly(run: Rehearsal, context: FindingContext): Finding[] {
  const { lagMs, platform } = context;
  const { readyPath } = run;
  const refused = of(run, 'refused');
  if (refused.length === 0 || run.orphans.length > 0) return [];
  const firstMs = Math.min(...refused.map(({ atMs }) => atMs));
  const when = `Connections were refused from ${seconds(firstMs)} after the signal`;
  const out =
    run.outAfterMs === undefined ? '' : `, and the balancer sent until ${seconds(run.outAfterMs)}`;
  if (readyPath !== undefined && run.redAfterMs === undefined && !platform.deregisters) {
    return [
      {
        code: 'READINESS_STAYED_GREEN',
        message:
          `${when}${out}: ${readyPath} stayed green, so the balancer could not notice. Add ` +
          'GracefulShutdownHealthIndicator to it, and set gracePeriodMs.',
      },
    ];
  }
  if (readyPath === undefined && !platform.deregisters) {
    return [
      {
        code: 'NO_READINESS',
        message:
          `${when}${out}: no readiness check told the balancer. Add one that fails after the ` +
          'signal, name it with --ready, and set gracePeriodMs.',
      },
    ];
  }
  const neededMs = Math.max(lagMs, run.outAfterMs ?? 0) + LATE_MS;
  return [
    {
      code: 'GRACE_TOO_SHORT',
      message:
        `${when}${out}: the service must keep listening until the balancer sends no more.` +
        (run.isPlain || !hasModule(run)
          ? ''
          : ` Set gracePeriodMs to at least ${Math.ceil(neededMs / 500) * 500}.`),
    },
  ];
}

function failedAfterSignal(run: Rehearsal): Finding[] {
  const failed = of(run, 'error').filter(({ detail }) => detail !== '503');
  if (failed.length === 0) return [];
  return [
    {
      code: 'FAILED_AFTER_SIGNAL',
      message:
        `Requests were answered with ${statuses(failed)} after the signal (${names(failed)}): something ` +
        'that they need, such as a connection pool, was closed while they were in flight.',
    },
  ];
}

function rejected(run: Rehearsal): Finding[] {
  const found = of(run, 'error').filter(({ detail }) => detail === '503');
  if (found.length === 0) return [];
  return [
    {
      code: 'REJECTED',
      message:
        `Requests were answered with 503 after the signal (${names(found)}): keep serving until the ` +
        'balancer sends no more.',
    },
  ];
}

function neverEnded(run: Rehearsal): Finding[] {
  const lost = run.lostRequests.filter(({ kind }) => kind === 'unanswered');
  if (lost.length === 0 || !isWaitedFor(run)) return [];
  return [
    {
      code: 'NEVER_ENDED',
      message:
        `${names(lost)} got no response, before or after the signal: a handler that never ends ` +
        'holds the shutdown until the deadline. Give it a timeout.',
    },
  ];
}

/** Whether the shutdown took all its time, so that what still had no response never ends. */
function isWaitedFor({ wasKilled, report }: Rehearsal): boolean {
  return wasKilled || report?.result === 'forced';
}

function cutConnections(run: Rehearsal): Finding[] {
  const lost = [...of(run, 'reset'), ...of(run, 'cut')].filter(
    ({ kind }) => kind !== 'unanswered' || !isWaitedFor(run),
  );
  if (lost.length === 0 || run.wasKilled || run.orphans.length > 0) return [];
  return [
    {
      code: 'CUT',
      message: `Requests and streams were cut (${names(lost)}): the process exited or closed their connections before they were answered.`,
    },
  ];
}

function wrongAnswers(run: Rehearsal): Finding[] {
  const wrong = of(run, 'wrong');
  if (wrong.length === 0) return [];
  const limited = wrong.some(({ detail }) => detail === '429')
    ? ' 429 is a rate limit: lower --rate.'
    : '';
  return [
    {
      code: 'WRONG_ANSWERS',
      message: `Responses differed from those before the signal: ${statuses(wrong)} (${names(wrong)}).${limited}`,
    },
  ];
}

function exitCode({ exit, wasKilled, orphans, report }: Rehearsal): Finding[] {
  if (wasKilled || orphans.length > 0 || exit.code === null || exit.code === 0) return [];
  const why = report === undefined ? '' : `: the shutdown was ${report.result}`;
  return [{ code: 'EXIT_CODE', message: `The process exited with code ${exit.code}${why}.` }];
}

/** Suggests the module to a service that lost requests without it. */
function moduleMissing(run: Rehearsal): Finding[] {
  if (hasModule(run) || (lostOf(sumOf(run.after).lost) === 0 && !run.wasKilled)) return [];
  return [
    {
      code: 'MODULE_MISSING',
      message:
        'The service does not have nestjs-drain. In a NestJS application, npx nest add nestjs-drain ' +
        'installs it and imports it in the root module.',
    },
  ];
}

function hasModule({ report, application }: Rehearsal): boolean {
  return report !== undefined || application !== undefined;
}

function of({ lostRequests }: Rehearsal, loss: Loss): Rehearsal['lostRequests'] {
  return lostRequests.filter((request) => request.loss === loss);
}

function names(lost: Rehearsal['lostRequests']): string {
  const found = [...new Set(lost.map(({ what }) => what))];
  const more = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return `${found.slice(0, 3).join(', ')}${more}`;
}

function statuses(lost: Rehearsal['lostRequests']): string {
  return [...new Set(lost.map(({ detail }) => detail))].toSorted().join(', ');
}
