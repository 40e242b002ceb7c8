import type { Patience } from '../platforms/patience.js';
import { count, seconds } from '../shutdown/amounts.js';
import { secondsNeeded } from '../shutdown/shutdown-budget.js';
import type { ReportedState, ShutdownReport } from './shutdown-report.js';

/** The facts that advice is derived from. @internal */
export type Facts = Omit<ShutdownReport, 'advice'>;

/** Facts from outside the report. @internal */
export interface AdviceContext {
  /** After how long the platform kills the process. */
  readonly patience?: Patience | undefined;
  /** Consumers were stopped at the signal, on which a request of the application may wait. */
  readonly hasStoppedConsumers?: boolean;
}

type Adviser = (facts: Facts, context: AdviceContext) => readonly string[];

/** The factor between the last arrival and a sufficient grace period. */
const MARGIN = 1.5;
/** A grace period without arrivals after this share of it is too long. */
const QUIET_AFTER = 0.25;
/** A shorter grace period is not worth advice. */
const LONG_GRACE_MS = 2000;
/** A part that takes this share of its time is worth advice. */
const LARGE_SHARE = 0.5;
const NAMED_AT_MOST = 3;

const ADVISERS: readonly Adviser[] = [
  ({ budget }, context) => adviceOnBudget(budget.totalMs, context),
  onArrivals,
  onDropped,
  onProbes,
  onSlowRequests,
  onCutWork,
  onSlowHooks,
  onForeignListeners,
  onHeldLoop,
  onFlush,
];

/**
 * Advice for an operator after a shutdown, in plain sentences with numbers; empty if there is
 * nothing to change.
 *
 * @internal
 */
export function adviceOn(facts: Facts, context: AdviceContext): string[] {
  return ADVISERS.flatMap((adviser) => adviser(facts, context));
}

/** @internal */
export function adviceOnBudget(totalMs: number, { patience }: AdviceContext): string[] {
  const needed = secondsNeeded(totalMs);
  if (patience === undefined || patience.seconds >= needed) return [];
  const { platform, isConfigured, seconds: given } = patience;
  const raise = platform === undefined ? 'raise it' : platform.setting && `set ${platform.setting}`;
  const mayBeSet = raise !== undefined && needed <= (platform?.mostSeconds ?? Infinity);
  const remedy = mayBeSet ? `${raise} to ${needed}, or ` : '';
  const said =
    mayBeSet && !isConfigured
      ? ' If you have set it, pass its value as platformTimeoutSeconds.'
      : '';
  return [
    `The budget of ${seconds(totalMs)} does not fit the ${given} s that ` +
      `${platform?.name ?? 'the platform'} allows${isConfigured ? '' : ' by default'}: ` +
      `${remedy}shorten drainTimeoutMs.${said}`,
  ];
}

function onArrivals({ newConnections, states, trigger, budget }: Facts): string[] {
  const grace = states.find(({ state }) => state === 'grace');
  const { count: arrived, late, lastAtMs = 0 } = newConnections;
  if (grace === undefined || arrived === 0 || !hasBalancer(trigger)) return [];
  if (budget.gracePeriodMs === 0) {
    return [
      `${count(arrived, 'new connection')} came after the signal, and there is no grace ` +
        'period: set gracePeriodMs to the time that your balancer needs to notice.',
    ];
  }
  if (late > 0) {
    const when =
      lastAtMs > grace.ms ? `${seconds(lastAtMs - grace.ms)} after` : `${seconds(lastAtMs)} into`;
    return [
      `The last new connection came ${when} a grace period of ${seconds(grace.ms)}: raise ` +
        `gracePeriodMs to ${wholeSeconds(Math.max(lastAtMs, grace.ms) * MARGIN)}.`,
    ];
  }
  const isLong = grace.ms >= LONG_GRACE_MS && lastAtMs < grace.ms * QUIET_AFTER;
  if (!isLong || grace.endedBy !== 'elapsed') return [];
  return [
    `No new connection came after ${seconds(lastAtMs)} of a grace period of ` +
      `${seconds(grace.ms)}: if this happens at every shutdown, shorten gracePeriodMs.`,
  ];
}

function onDropped({ connections: { dropped = 0 } }: Facts): string[] {
  if (dropped === 0) return [];
  return [
    `${count(dropped, 'connection')} waited to be accepted when the listener closed, and ` +
      `${dropped === 1 ? 'was' : 'were'} reset: the event loop was too busy to accept more. Move long ` +
      'work to a worker thread, or raise gracePeriodMs, so that the balancer notices in time.',
  ];
}

function onProbes({ probes, trigger }: Facts): string[] {
  if (probes.answered === 0 || probes.failing > 0 || !hasBalancer(trigger)) return [];
  return [
    `${count(probes.answered, 'health probe')} came and none failed: add ` +
      'GracefulShutdownHealthIndicator to the readiness check.',
  ];
}

/** The slow handlers, the one that held the drain longest first. */
function onSlowRequests(
  { requests, states, budget }: Facts,
  { hasStoppedConsumers = false }: AdviceContext,
): string[] {
  const drain = drainOf(states);
  if (drain === undefined) return [];
  const heldMs = new Map<string, { ms: number; isCut: boolean }>();
  for (const { label, atMs, ms, outcome } of requests.slowest) {
    const held = Math.min(ms, atMs + ms - drain.atMs);
    if (held < budget.drainTimeoutMs * LARGE_SHARE || heldMs.has(label)) continue;
    heldMs.set(label, { ms: held, isCut: outcome === 'cut' });
  }
  return [...heldMs].slice(0, NAMED_AT_MOST).map(([label, { ms, isCut }]) => {
    const remedy = 'stop it on the deadline signal, or raise drainTimeoutMs';
    if (isCut && hasStoppedConsumers) {
      return (
        `${label} was cut after ${seconds(ms)} of the drain: if it waits for a job or a reply of this ` +
        "application's own consumers, which stopped at the signal, set stopConsumers to " +
        `'after-requests'. Otherwise ${remedy}.`
      );
    }
    if (isCut) return `${label} was cut after ${seconds(ms)} of the drain: ${remedy}.`;
    return `${label} took ${seconds(ms)} of ${seconds(budget.drainTimeoutMs)} of the drain: ${remedy}.`;
  });
}

/** The participants whose work is requests. */
const REQUESTS: ReadonlySet<string> = new Set(['http', 'http2']);

/** Work other than requests. */
function onCutWork({ participants }: Facts): string[] {
  return participants
    .filter(({ name, cut }) => cut > 0 && !REQUESTS.has(name))
    .map(
      ({ name, cut }) =>
        `${count(cut, 'task')} of "${name}" ${cut === 1 ? 'was' : 'were'} cut at the ` +
        'deadline: stop on the deadline signal, or raise drainTimeoutMs.',
    );
}

function onSlowHooks({ hooks, budget }: Facts): string[] {
  const { closeTimeoutMs } = budget;
  return hooks
    .filter(({ ms }) => ms >= closeTimeoutMs * LARGE_SHARE && ms > 0)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, NAMED_AT_MOST)
    .map(({ name, ms, outcome }) => {
      const took = outcome === 'cut' ? 'did not finish within' : 'took';
      return (
        `${name} ${took} ${seconds(ms)}, and only ${seconds(closeTimeoutMs)} are guaranteed for closing: make ` +
        'it faster, or raise closeTimeoutMs.'
      );
    });
}

function onForeignListeners({ foreignListeners }: Facts): string[] {
  return foreignListeners.map(
    (listener) =>
      `${listener} also listens to the signal. If it ends the process or closes what requests need, ` +
      'requests fail: do its work in a Nest hook.',
  );
}

function onHeldLoop({ heldBy }: Facts): string[] {
  if (heldBy.length === 0) return [];
  return [
    `The event loop stayed busy after everything was closed (${[...new Set(heldBy)].join(', ')}): close ` +
      'these in onApplicationShutdown, or unref() them.',
  ];
}

function onFlush({ flush }: Facts): string[] {
  if (flush === undefined || flush.outcome === 'completed') return [];
  return [`Telemetry was not sent within ${seconds(flush.ms)}: check that its collector answers.`];
}

/** Whether there may be a balancer that has to notice first. */
function hasBalancer({ kind, typed }: Facts['trigger']): boolean {
  return kind === 'request' || (kind === 'signal' && typed === undefined);
}

function drainOf(states: readonly ReportedState[]): ReportedState | undefined {
  return states.find(({ state }) => state === 'draining' || state === 'forcing');
}

function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}
