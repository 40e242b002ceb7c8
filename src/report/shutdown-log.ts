import { count, seconds } from '../shutdown/amounts.js';
import type { Clock } from '../shutdown/clock.js';
import type { DrainTask } from '../shutdown/drain-participant.js';
import { messageOf } from '../shutdown/plain-text.js';
import type { ShutdownObserver } from '../shutdown/shutdown-observer.js';
import {
  isClean,
  type ShutdownFailure,
  type ShutdownOutcome,
} from '../shutdown/shutdown-outcome.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownState, EndedBy } from '../shutdown/shutdown-state.js';
import { describeTrigger } from '../shutdown/shutdown-trigger.js';
import { list, stackOf, tally } from './log-words.js';

const PROGRESS_EVERY_MS = 1000;
/** `GET OrdersController.find`. */
const HTTP_LABEL = /^[A-Z-]+ \S/;

/** The part of Nest's logger that is used here. @internal */
export interface LogSink {
  log(message: string): void;
  warn(message: string): void;
  error(message: string, stack?: string): void;
  debug(message: string): void;
}

/**
 * The log lines of a shutdown, for its operator.
 *
 * @internal
 */
export class ShutdownLog implements ShutdownObserver {
  #stopProgress = () => {};
  #begunAt = 0;

  constructor(
    private readonly sink: LogSink,
    private readonly sequence: ShutdownSequence,
    private readonly clock: Clock,
  ) {
    sequence.observe(this);
  }

  hookUnreadable(hook: string, error: unknown): void {
    this.sink.warn(`Reading ${hook} throws, so it is not called: ${messageOf(error)}`);
  }

  foreignListener(signal: NodeJS.Signals, name: string): void {
    this.sink.warn(
      `Another ${signal} listener is registered by ${name}. If it ends the process or closes what ` +
        'requests need, requests fail: remove it, or do its work in a Nest hook.',
    );
  }

  crashed(error: unknown): void {
    this.sink.error(`Uncaught exception: ${messageOf(error)}`, stackOf(error));
  }

  crashedLate(error: unknown): void {
    this.sink.warn(`Ignored an uncaught error after everything was closed: ${messageOf(error)}`);
  }

  gaveUp(resources: readonly string[], code: number): void {
    const what = resources.length > 0 ? tally(resources) : 'work that then failed';
    this.sink.warn(
      `Interrupted: the job was abandoned while the event loop was still busy (${what}). Exit code ` +
        `${code}: the job may be incomplete. Track it with GracefulShutdownService.track(), so that ` +
        'the shutdown waits for it.',
    );
  }

  exits(code: number): void {
    const { state } = this.sequence;
    if (state === 'running' || state === 'closed') return;
    const took = seconds(this.clock.now() - this.#begunAt);
    this.sink.warn(
      `Exiting with ${code} after ${took}, while ${state}: the application is not closed`,
    );
  }

  held(resources: readonly string[]): void {
    this.sink.warn(
      `The application is closed, but the event loop is kept alive by: ${tally(resources)}. ` +
        'Ending the process. Close these in onApplicationShutdown, or unref() them.',
    );
  }

  entered(state: ShutdownState, endedBy?: EndedBy): void {
    if (endedBy === 'quiet') this.#endedEarly();
    switch (state) {
      case 'grace':
        return this.#begun();
      case 'draining':
        return this.#startProgress();
      case 'closing':
        return this.#stopProgress();
      case 'forcing':
        return this.sink.warn(endedBy === 'timeout' ? this.#deadline() : this.#hurried());
      case 'running':
      case 'closed':
    }
  }

  graceExtended(stillMs: number, maxMs: number): void {
    this.sink.warn(
      `New connections still arrive: the grace period is extended until ${seconds(stillMs)} pass ` +
        `without one, to ${seconds(maxMs)} at most; the drain gets that much less time`,
    );
  }

  cut(work: readonly DrainTask[]): void {
    this.sink.warn(`Cut: ${list(work)}`);
  }

  closesSooner(): void {
    const left = seconds(this.sequence.remainingMs());
    this.sink.warn(`Second signal: the hooks have ${left} left. A third one ends the process`);
  }

  failed({ where, error }: ShutdownFailure): void {
    this.sink.error(`${where}: ${messageOf(error)}`, stackOf(error));
  }

  closed(outcome: ShutdownOutcome): void {
    const { grace, drain, close } = outcome.took;
    const parts = [
      `grace ${seconds(grace)}, drain ${seconds(drain)}, close ${seconds(close)}`,
      ...this.sequence.participants().flatMap(({ summary }) => summary ?? []),
    ];
    if (outcome.cut.length > 0) parts.push(`${outcome.cut.length} cut`);
    if (outcome.failures.length > 0) parts.push(`${outcome.failures.length} failed`);
    const line = `Closed in ${seconds(grace + drain + close)} (${parts.join('; ')})`;
    if (!isClean(outcome)) this.sink.warn(line);
    else this.#tell(line);
  }

  #begun(): void {
    const { trigger, inFlight, isAwaited } = this.sequence;
    this.#begunAt = this.clock.now();
    const readiness = isAwaited ? 'is red' : 'stays green';
    this.#tell(
      `${describeTrigger(trigger!)}, stopping: readiness ${readiness}, ${inFlight} in flight`,
    );
  }

  #endedEarly(): void {
    const took = seconds(this.clock.now() - this.#begunAt);
    const { gracePeriodMs } = this.sequence.budget;
    this.#tell(`No new traffic: the grace period ended after ${took} of ${seconds(gracePeriodMs)}`);
  }

  #startProgress(): void {
    this.#stopProgress = this.clock.after(PROGRESS_EVERY_MS, () => {
      const line = this.#progress();
      if (line !== undefined) this.#tell(line);
      this.#startProgress();
    });
  }

  #progress(): string | undefined {
    const { inFlight } = this.sequence;
    if (inFlight > 0) return `${inFlight} in flight, ${this.#left()}`;
    const waitsFor = this.sequence.waitsFor().join(', ');
    if (waitsFor === '') return undefined;
    return `Waiting for ${waitsFor}, ${seconds(this.sequence.remainingMs())} left`;
  }

  #deadline(): string {
    const { inFlight } = this.sequence;
    if (inFlight > 0)
      return `Drain deadline reached: ${this.#work()} still in flight, ${this.#left()}`;
    return `Drain deadline reached: still waiting for ${this.sequence.waitsFor().join(', ')}`;
  }

  #hurried(): string {
    if (this.sequence.inFlight === 0) return 'Second signal: closing now';
    return `Second signal: cutting ${this.#work()}: ${list(this.sequence.tasks())}`;
  }

  /** The number of requests or tasks in flight. */
  #work(): string {
    const { inFlight } = this.sequence;
    const isHttp = this.sequence.tasks().every(({ label }) => HTTP_LABEL.test(label));
    const noun = isHttp ? 'request' : 'task';
    return count(inFlight, noun);
  }

  #left(): string {
    return `${seconds(this.sequence.remainingMs())} left: ${list(this.sequence.tasks())}`;
  }

  /** A test that closes its application logs nothing. */
  #tell(line: string): void {
    if (this.sequence.endsProcess) this.sink.log(line);
    else this.sink.debug(line);
  }
}
