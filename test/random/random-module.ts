import { setTimeout as sleep } from 'node:timers/promises';

import { GracefulShutdownService, type ShutdownReport } from '../../src/index.js';
import { abortWindowMs } from '../../src/shutdown/shutdown-budget.js';
import { SHUTDOWN_STATES, type ShutdownState } from '../../src/shutdown/shutdown-state.js';
import type { ShutdownTest } from '../../src/testing/index.js';
import { RawConnection } from '../support/http-client.js';
import { Findings } from './findings.js';
import { Backend, startRandom } from './module-application.js';
import type { Plan, Step } from './module-plan.js';

/** For what takes real time: sockets. Only a run that fails waits for so long. */
const PATIENCE_MS = 5000;
/** Of times that are sums of fractions. */
const ROUNDING_MS = 1;

interface Request {
  readonly id: string;
  readonly connection: RawConnection;
}

/** An application of Nest, to which things happen as planned. Watches what its clients and it see. */
export class RandomModule {
  readonly #findings = new Findings();
  readonly #requests: Request[] = [];
  readonly #work: (() => void)[] = [];
  readonly #closings: Promise<unknown>[] = [];
  readonly #service: GracefulShutdownService;
  readonly #backend: Backend;
  #count = 0;
  #signals = 0;
  #state: ShutdownState = 'running';
  /** When the shutdown began, by the clock of the test. */
  #begunAt = Infinity;

  private constructor(
    private readonly plan: Plan,
    private readonly test: ShutdownTest,
  ) {
    this.#service = test.app.get(GracefulShutdownService);
    this.#backend = test.app.get(Backend);
  }

  static async play(plan: Plan): Promise<void> {
    const run = new RandomModule(plan, await startRandom(plan));
    try {
      await run.#play();
    } finally {
      await run.#leave();
    }
    run.#findings.throwIfAny();
  }

  async #play(): Promise<void> {
    for (const step of this.plan.steps) {
      if (this.test.state === 'closed') break;
      await this.#do(step);
      this.#check();
    }
    while (this.#requests.length > 0) await this.#answer(0);
    for (const end of this.#work.splice(0)) end();
    this.#checkReport(await this.test.finish());
    this.#check();
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'request':
        if (this.#isServing) await this.#request();
        break;
      case 'answer':
        if (this.#requests.length > 0) await this.#answer(step.which % this.#requests.length);
        break;
      case 'abort':
        if (this.#requests.length > 0) await this.#abort(step.which % this.#requests.length);
        break;
      case 'work':
        // Later, nobody would wait for it.
        if (this.#isOver) break;
        void this.#service.track(() => new Promise<void>((resolve) => this.#work.push(resolve)));
        break;
      case 'end work':
        this.#work.splice(step.which, 1)[0]?.();
        break;
      case 'probe':
        if (this.#isServing) await this.#probe();
        break;
      case 'close':
        this.#joined(this.test.app.close());
        break;
      case 'shutdown':
        this.#joined(this.#service.shutdown('planned'));
        break;
      case 'signal':
        // The third one ends a process, which this one is not.
        if (this.#signals < 2) await this.test.signal(step.signal);
        this.#signals += 1;
        break;
      case 'pass':
        await this.test.advance(step.ms);
        break;
    }
    // The sequence begins in a turn of its own, and hears of the end of work in one.
    await sleep(1);
  }

  /** Whether it takes new connections. */
  get #isServing(): boolean {
    return this.test.state === 'running' || this.test.state === 'grace';
  }

  async #request(): Promise<void> {
    const id = String((this.#count += 1));
    const connection = await RawConnection.open(this.#port);
    connection.write(`GET /held/${id} HTTP/1.1\r\nHost: test\r\n\r\n`);
    this.#requests.push({ id, connection });
    await this.#until(`the handler of request ${id}`, () => this.#backend.answers.has(id));
  }

  /** What was not cut by then has to be answered. */
  async #answer(which: number): Promise<void> {
    const [{ id, connection }] = this.#requests.splice(which, 1) as [Request];
    const mayBeCut = this.#service.deadlineSignal.aborted;
    this.#backend.answers.get(id)!();
    const answer = `{"id":"${id}"}`;
    await Promise.race([connection.until(answer).catch(() => {}), connection.closed]);
    const isWhole = connection.received.endsWith(`\r\n\r\n${answer}`);
    this.#findings.expect(isWhole || mayBeCut, `request ${id} is answered: ${connection.received}`);
    const isNothing = connection.received === '';
    this.#findings.expect(isWhole || isNothing, `request ${id} is whole: ${connection.received}`);
    connection.end();
  }

  async #abort(which: number): Promise<void> {
    const [{ connection }] = this.#requests.splice(which, 1) as [Request];
    const before = this.#service.inFlight;
    connection.end();
    if (this.#service.deadlineSignal.aborted) return;
    await this.#until('the end of an aborted request', () => this.#service.inFlight < before);
  }

  async #probe(): Promise<void> {
    const isRunning = this.test.state === 'running';
    const [ready, live] = [await this.#status('/ready'), await this.#status('/live')];
    this.#findings.expect(ready === (isRunning ? 200 : 503), `readiness is ${ready}`);
    this.#findings.expect(live === 200, `liveness is ${live}`);
  }

  async #status(path: string): Promise<number> {
    const { status } = await fetch(`${this.test.url}${path}`, { headers: { connection: 'close' } });
    return status;
  }

  /** Whoever asks for the end waits for the same one. */
  #joined(end: Promise<unknown>): void {
    // Looked at in the end.
    end.catch(() => {});
    this.#closings.push(end);
  }

  get #port(): number {
    return Number(new URL(this.test.url).port);
  }

  #check(): void {
    const { state } = this.test;
    const findings = this.#findings;
    findings.expect(
      SHUTDOWN_STATES.indexOf(state) >= SHUTDOWN_STATES.indexOf(this.#state),
      'states go forward',
    );
    if (this.#state === 'running' && state !== 'running') this.#begunAt = this.test.elapsedMs;
    this.#state = state;
    findings.expect(this.#service.isReady === (state === 'running'), `ready while ${state}`);
    const { aborted } = this.#service.deadlineSignal;
    const underWay = this.#requests.length + this.#work.length;
    if (!aborted) {
      findings.expect(this.#service.inFlight === underWay, `${underWay} are counted`);
      findings.expect(underWay === 0 || !this.#backend.isDestroyed, 'nothing is torn down early');
    }
    this.#checkDeadline(aborted);
  }

  #checkDeadline(isAborted: boolean): void {
    if (!isAborted || this.#signals > 1 || this.#closings.length > 0) return;
    const { options } = this.plan;
    const earliest = this.#begunAt + options.drainTimeoutMs - abortWindowMs(options);
    const isDue = this.test.elapsedMs >= earliest - ROUNDING_MS;
    this.#findings.expect(isDue || this.#isOver, 'no deadline before its time');
  }

  get #isOver(): boolean {
    return ['closing', 'closed'].includes(this.test.state);
  }

  #checkReport(report: ShutdownReport): void {
    const { requests, result, exitCode, connections } = report;
    const { atStart, received, completed, aborted, cut } = requests;
    const isBalanced = atStart + received === completed + aborted + cut;
    this.#findings.expect(isBalanced, `requests balance: ${JSON.stringify(requests)}`);
    this.#findings.expect(connections.left === 0, 'no connection is left');
    const wasCut = report.participants.some((one) => one.cut > 0);
    this.#findings.expect(cut === 0 || wasCut, 'what was cut is the cut of somebody');
    const wasForced = report.states.some(({ state }) => state === 'forcing');
    const isClean = !(wasCut || wasForced || this.plan.hookThrows);
    this.#findings.expect((result === 'clean') === isClean, `the result is ${result}`);
    const isExit = exitCode === undefined || exitCode === (isClean ? 0 : 1);
    this.#findings.expect(isExit, `exit code ${exitCode}: ${result}`);
  }

  /** All who asked for the end learn the same. */
  async #leave(): Promise<void> {
    await this.test.close().catch(() => {});
    for (const { connection } of this.#requests) connection.end();
    const ends = await Promise.allSettled(this.#closings);
    this.#findings.expect(new Set(ends.map(({ status }) => status)).size <= 1, 'one end for all');
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!isSo() && performance.now() < end) await sleep(1);
    this.#findings.expect(isSo(), `${what} within ${PATIENCE_MS} ms`);
  }
}
