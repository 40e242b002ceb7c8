import type { Traffic } from '../connections/traffic.js';
import type { Routes } from '../routes/routes.js';
import type { Clock } from '../shutdown/clock.js';
import type { ParticipantState } from '../shutdown/drain.js';
import type { FlushResult } from '../shutdown/flush.js';
import type { Outcome } from '../shutdown/outcome.js';
import { messageOf, plain } from '../shutdown/plain-text.js';
import { totalMs } from '../shutdown/shutdown-budget.js';
import type { ShutdownObserver } from '../shutdown/shutdown-observer.js';
import type { ShutdownFailure, ShutdownOutcome } from '../shutdown/shutdown-outcome.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownState, EndedBy } from '../shutdown/shutdown-state.js';
import type { ShutdownTrigger } from '../shutdown/shutdown-trigger.js';
import { type AdviceContext, adviceOn, adviceOnBudget } from './advice.js';
import { HookTimes } from './hook-times.js';
import { lazily } from './lazily.js';
import { LoadSamples } from './load-samples.js';
import type {
  ReportedFailure,
  ReportedOrigin,
  ReportedParticipant,
  ReportedTrigger,
  ShutdownReport,
} from './shutdown-report.js';
import { StateTimes } from './state-times.js';
import { TrafficRecord } from './traffic-record.js';

const FAILURES_KEPT = 50;

/** @internal */
export interface RecordOptions extends AdviceContext {
  readonly origin: ReportedOrigin;
  readonly reportClients: boolean;
}

/**
 * Writes down what happens while one application shuts down.
 *
 * @internal
 */
export class ShutdownRecord implements ShutdownObserver {
  readonly #hooks: HookTimes;
  readonly #failures: ReportedFailure[] = [];
  readonly #foreignListeners = new Set<string>();
  #course: Course | undefined;
  #outcome: ShutdownOutcome | undefined;
  #flush: FlushResult | undefined;
  #exitCode: number | undefined;
  #heldBy: readonly string[] = [];

  constructor(
    private readonly sequence: ShutdownSequence,
    private readonly traffic: Traffic,
    private readonly routes: Pick<Routes, 'labelOf' | 'isProbe'>,
    private readonly options: RecordOptions,
    private readonly clock: Clock,
  ) {
    this.#hooks = new HookTimes(clock);
    sequence.observe(this);
  }

  entered(state: ShutdownState, endedBy: EndedBy = 'done'): void {
    const course = (this.#course ??= this.#begin(this.sequence.trigger!));
    course.states.entered(state, endedBy);
    if (state === 'draining' || state === 'forcing') course.traffic.graceHasEnded();
    if (state === 'closed') course.end(this.clock.now());
  }

  failed({ where, error }: ShutdownFailure): void {
    if (this.#failures.length < FAILURES_KEPT) {
      this.#failures.push({ where, message: messageOf(error) });
    }
  }

  hookBegan(hook: string): void {
    this.#hooks.began(hook);
  }

  hookEnded(hook: string, outcome: Outcome): void {
    this.#hooks.ended(hook, outcome);
  }

  flushed(result: FlushResult): void {
    this.#flush = result;
  }

  closed(outcome: ShutdownOutcome): void {
    this.#outcome = outcome;
  }

  foreignListener(signal: NodeJS.Signals, name: string): void {
    this.#foreignListeners.add(`${name} (${signal})`);
  }

  exits(code: number): void {
    this.#exitCode = code;
    this.#course?.end(this.clock.now());
  }

  gaveUp(resources: readonly string[]): void {
    const names = [...new Set(resources)].join(', ');
    const message = `was interrupted, and given up${names && ` while busy with ${names}`}`;
    this.failed({ where: 'the job of this process', error: message });
  }

  held(resources: readonly string[]): void {
    this.#heldBy = resources;
  }

  /** Advice that is known before any shutdown. */
  adviceAtStart(): string[] {
    return adviceOnBudget(totalMs(this.sequence.budget), this.options);
  }

  /**
   * The report so far; undefined while running. Takes down what may change, and leaves the rest
   * until somebody reads it.
   */
  report(): (() => ShutdownReport) | undefined {
    const course = this.#course;
    if (course === undefined) return undefined;
    const { gracePeriodMs, drainTimeoutMs, closeTimeoutMs } = this.sequence.budget;
    const facts = {
      version: 2 as const,
      pid: process.pid,
      origin: this.options.origin,
      startedAt: course.startedAt,
      trigger: describe(course.trigger),
      result: this.#judge(course.trigger),
      ...(this.#exitCode !== undefined && { exitCode: this.#exitCode }),
      totalMs: (course.endedAt ?? this.clock.now()) - course.begin,
      budget: { gracePeriodMs, drainTimeoutMs, closeTimeoutMs, totalMs: course.longestMs },
      states: course.states.all(),
      requests: course.traffic.requests(),
      connections: course.traffic.connections(),
      newConnections: course.traffic.newConnections(),
      probes: course.traffic.probes(),
      participants: this.#participants(course),
      hooks: this.#hooks.all(course.begin),
      failures: [...this.#failures],
      heldBy: [...this.#heldBy],
      foreignListeners: [...this.#foreignListeners],
      ...(this.#flush && { flush: this.#flush }),
      samples: course.samples.all(),
    };
    const { hasStoppedConsumers } = this.sequence;
    const context = { ...this.options, hasStoppedConsumers };
    return lazily(() => roundTimes({ ...facts, advice: adviceOn(facts, context) }));
  }

  #begin(trigger: ShutdownTrigger): Course {
    const { sequence, traffic, routes, clock } = this;
    const { reportClients } = this.options;
    const gracePeriodMs = sequence.graceMs(trigger);
    return new Course(
      trigger,
      sequence.longestMs(trigger),
      sequence.participants(),
      clock,
      (begin) => new TrafficRecord(traffic, routes, clock, begin, gracePeriodMs, reportClients),
      () => sequence.inFlight,
    );
  }

  #judge(trigger: ShutdownTrigger): ShutdownReport['result'] {
    if (this.sequence.deadlineSignal.aborted) return 'forced';
    // A process that ends before its application is closed has failed.
    const isUnfinished = this.#outcome === undefined && this.#exitCode !== undefined;
    const hasFailed = this.#failures.length > 0 || this.#hooks.hasFailed;
    return hasFailed || trigger.kind === 'crash' || isUnfinished ? 'failed' : 'clean';
  }

  #participants({ atStart }: Course): ReportedParticipant[] {
    const before = new Map(atStart.map(({ name, active }) => [name, active]));
    return this.sequence
      .participants()
      .map(({ name, cut, summary }) => ({
        name,
        atStart: before.get(name) ?? 0,
        cut,
        ...(summary !== undefined && { summary }),
      }))
      .filter((one) => one.atStart > 0 || one.cut > 0 || one.summary !== undefined);
  }
}

/** The measurements that begin with the shutdown. */
class Course {
  readonly startedAt = new Date().toISOString();
  readonly begin: number;
  readonly states: StateTimes;
  readonly traffic: TrafficRecord;
  readonly samples: LoadSamples;
  endedAt: number | undefined;

  constructor(
    readonly trigger: ShutdownTrigger,
    readonly longestMs: number,
    readonly atStart: readonly ParticipantState[],
    clock: Clock,
    trafficSince: (begin: number) => TrafficRecord,
    inFlight: () => number,
  ) {
    this.begin = clock.now();
    this.states = new StateTimes(clock, this.begin);
    this.traffic = trafficSince(this.begin);
    this.samples = new LoadSamples(clock, this.begin, () => ({
      inFlight: inFlight(),
      connections: this.traffic.connectionCount,
      received: this.traffic.received,
    }));
  }

  end(now: number): void {
    this.endedAt ??= now;
    this.traffic.stop();
    this.samples.stop();
  }
}

function describe(trigger: ShutdownTrigger): ReportedTrigger {
  const signal = 'signal' in trigger ? trigger.signal : undefined;
  const reason = reasonOf(trigger);
  return {
    kind: trigger.kind,
    ...(signal !== undefined && { signal }),
    ...(trigger.kind === 'signal' && trigger.typed && { typed: true }),
    ...(reason !== undefined && { reason }),
  };
}

function reasonOf(trigger: ShutdownTrigger): string | undefined {
  if (trigger.kind === 'crash') return messageOf(trigger.error);
  const reason = trigger.kind === 'request' ? trigger.reason : undefined;
  return reason === undefined ? undefined : plain(reason);
}

/** The same, rounded to tenths of a ms. */
function roundTimes<T>(value: T): T {
  if (typeof value === 'number') return (Math.round(value * 10) / 10) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => roundTimes(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, roundTimes(item as unknown)]),
  ) as T;
}
