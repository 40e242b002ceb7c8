import type { INestApplication, INestApplicationContext } from '@nestjs/common';

import { GracefulShutdownService } from '../graceful-shutdown.service.js';
import type { ShutdownReport } from '../report/shutdown-report.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { Parts } from '../wiring/parts.js';
import { SHUTDOWN_STATES, type ShutdownState } from '../shutdown/shutdown-state.js';
import { deservesGrace } from '../shutdown/shutdown-trigger.js';
import { ECHO_MS } from '../shutdown/signal-echo.js';
import { compile } from './compile.js';
import { FakeClock } from './fake-clock.js';
import { FakeProcess } from './fake-process.js';
import { heldDrain, HeldTeardown } from './held-states.js';
import { isSoWithin } from './real-time.js';
import type {
  HttpShutdownTestOptions,
  ShutdownTestOptions,
  ShutdownTestRoot,
} from './shutdown-test.options.js';
import { TestTime } from './test-time.js';
import {
  notListening,
  notInFlight,
  signalNotHandled,
  stateNotReached,
  stuck,
} from './testing.errors.js';

const PATIENCE_MS = 1000;
/** Generous: only a failing test waits for so long. */
const ARRIVAL_MS = 10_000;
/**
 * An application under test, whose whole shutdown takes milliseconds. Its sockets are real, its
 * time is not: time stands still until the test moves it, and no state ends before that. No signal
 * is sent, and no process ends.
 *
 * What runs in real time takes real time: await what should be complete before you move time. A
 * slow handler should await a promise that the test resolves.
 *
 * @example
 * ```ts
 * const test = await ShutdownTest.start(AppModule, { options: { gracePeriodMs: 5000 } });
 * const order = fetch(`${test.url}/orders/1`);
 * await test.untilInFlight(1);
 *
 * await test.signal('SIGTERM');
 * const { status } = await fetch(`${test.url}/health/ready`); // 503
 * await test.enter('draining');
 * await order; // 200
 * assertReport(await test.finish(), { result: 'clean', within: 10_000 });
 * await test.close();
 * ```
 *
 * @publicApi
 */
export class ShutdownTest<App extends INestApplicationContext = INestApplication> {
  /** The Nest application. Close the test, not the application. */
  readonly app: App;
  readonly #url: string | undefined;
  readonly #clock: FakeClock;
  readonly #process: FakeProcess;
  readonly #sequence: ShutdownSequence;
  readonly #teardown: HeldTeardown;
  readonly #time: TestTime;
  #closing: Promise<void> | undefined;

  private constructor(
    app: App,
    url: string | undefined,
    clock: FakeClock,
    process: FakeProcess,
    patienceMs: number,
  ) {
    const sequence = app.get(Parts, { strict: false }).get(ShutdownSequence);
    this.app = app;
    this.#url = url;
    this.#clock = clock;
    this.#process = process;
    this.#sequence = sequence;
    this.#teardown = new HeldTeardown(sequence.teardown, sequence.budget.closeTimeoutMs, clock);
    this.#time = new TestTime(clock, sequence, this.#teardown, patienceMs);
    sequence.adopt(this.#teardown);
    sequence.addParticipant(heldDrain(clock));
  }

  /**
   * Starts an application that listens on a free port of 127.0.0.1.
   *
   * @param root - its root module, or `Test.createTestingModule()` with what the test overrides
   * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_IMPORTED`
   */
  static async start(
    root: ShutdownTestRoot,
    options: HttpShutdownTestOptions = {},
  ): Promise<ShutdownTest> {
    const { adapter, configure, patienceMs = PATIENCE_MS } = options;
    const [clock, process] = [new FakeClock(), new FakeProcess()];
    const module = await compile(root, options, clock, process);
    const app = adapter ? module.createNestApplication(adapter) : module.createNestApplication();
    try {
      await configure?.(app);
      await app.listen(0, '127.0.0.1');
    } catch (error) {
      await app.close();
      throw error;
    }
    return new ShutdownTest(app, await app.getUrl(), clock, process, patienceMs);
  }

  /**
   * Starts an application without a server, as `NestFactory.createApplicationContext()` does.
   *
   * @param root - its root module, or `Test.createTestingModule()` with what the test overrides
   * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_IMPORTED`
   */
  static async startContext(
    root: ShutdownTestRoot,
    options: ShutdownTestOptions = {},
  ): Promise<ShutdownTest<INestApplicationContext>> {
    const { patienceMs = PATIENCE_MS } = options;
    const [clock, process] = [new FakeClock(), new FakeProcess()];
    const app = await compile(root, options, clock, process);
    try {
      await app.init();
    } catch (error) {
      await app.close();
      throw error;
    }
    return new ShutdownTest<INestApplicationContext>(app, undefined, clock, process, patienceMs);
  }

  /**
   * The address that the application listens on: `http://127.0.0.1:51234`.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_TEST_NOT_LISTENING`
   */
  get url(): string {
    if (this.#url === undefined) throw notListening();
    return this.#url;
  }

  /** The current state of the shutdown. */
  get state(): ShutdownState {
    return this.#sequence.state;
  }

  /** The fake time since the start, in ms. */
  get elapsedMs(): number {
    return Math.round(this.#clock.now());
  }

  /**
   * Waits, in real time, until that many requests, messages and other tasks are in flight.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_TEST_NOT_IN_FLIGHT` after 10 s
   */
  async untilInFlight(count = 1): Promise<void> {
    const isSo = await isSoWithin(ARRIVAL_MS, () => this.#sequence.inFlight >= count);
    if (!isSo) throw notInFlight(count, this.#sequence.inFlight);
  }

  /**
   * Acts as if a signal had come. The first one begins the shutdown, the second one cuts work in
   * flight, the third one ends the process at once. No time passes but the 30 ms that tell a second
   * signal from an echo of the first.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_TEST_SIGNAL_NOT_HANDLED`
   */
  async signal(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { signals } = this.#process;
    if (!signals.includes(signal)) throw signalNotHandled(signal, signals);
    if (this.state !== 'running') await this.advance(ECHO_MS);
    this.#process.emit(signal);
    await this.#clock.settle();
  }

  /**
   * Moves time until the application enters a state, where it stays until time is moved again. A
   * running application gets a SIGTERM first.
   *
   * Work in flight is awaited, unless the state is `forcing`. Work that stops at the deadline
   * signal gets no fake time for that: it may have ended, and the state with it, when this
   * resolves.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_TEST_STATE_NOT_REACHED`, which says why
   */
  async enter(state: Exclude<ShutdownState, 'running'>): Promise<void> {
    await this.#begin();
    const { aborted: wasForced } = this.#sequence.deadlineSignal;
    const isPast = SHUTDOWN_STATES.indexOf(this.state) > SHUTDOWN_STATES.indexOf(state);
    await this.#time.until(
      () => SHUTDOWN_STATES.indexOf(this.state) >= SHUTDOWN_STATES.indexOf(state),
      state !== 'forcing',
    );
    const isForced = !wasForced && this.#sequence.deadlineSignal.aborted;
    if (this.state === state || (state === 'forcing' && isForced)) return;
    throw stateNotReached(state, this.state, this.#reason(state, isPast));
  }

  /** Moves time by `ms`, whatever is in flight. Hooks are awaited. */
  async advance(ms: number): Promise<void> {
    await this.#time.advance(ms);
  }

  /**
   * Moves time to the end of the process. Work in flight and hooks are awaited. A running
   * application gets a SIGTERM first.
   *
   * @returns what happened, with the exit code
   * @throws GracefulShutdownError `ERR_SHUTDOWN_TEST_STUCK`
   */
  async finish(): Promise<ShutdownReport> {
    await this.#begin();
    const shutdown = this.app.get(GracefulShutdownService, { strict: false });
    await this.#time.until(() => shutdown.report !== undefined, true);
    if (shutdown.report === undefined) throw stuck(this.#teardown.unfinished());
    return shutdown.report;
  }

  /**
   * Closes the application in any state; work in flight is cut. Call it in `afterEach`. A second
   * call does nothing.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_TEST_STUCK`
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /**
   * Closes the application at the end of the scope: `await using test = await
   * ShutdownTest.start(AppModule)`.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(): Promise<void> {
    if (this.state === 'running') await this.signal();
  }

  async #close(): Promise<void> {
    let isClosed = false;
    const closing = this.app.close().finally(() => (isClosed = true));
    // Its error is thrown below, unless it comes too late.
    closing.catch(() => {});
    // It begins at the end of the tick.
    await this.#clock.settle();
    this.#sequence.cutNow();
    if (!(await this.#time.until(() => isClosed, false))) throw stuck(this.#teardown.unfinished());
    await closing;
    await this.#clock.settle();
  }

  #reason(wanted: ShutdownState, isPast: boolean): string {
    const { trigger, budget } = this.#sequence;
    if (wanted === 'grace' && trigger !== undefined) {
      if (!deservesGrace(trigger)) return 'only a signal and shutdown() begin a grace period';
      if (!this.#sequence.isReachable)
        return 'an application that does not listen has no grace period';
      if (budget.gracePeriodMs === 0) return 'gracePeriodMs is 0, so set it for this test';
    }
    if (isPast) return `states are entered once, in the order ${SHUTDOWN_STATES.join(', ')}`;
    if (wanted === 'forcing') {
      return 'nothing was in flight at the deadline, so let a handler await a promise that stays pending';
    }
    return `it still waits for ${this.#teardown.unfinished().join(', ')}`;
  }
}
