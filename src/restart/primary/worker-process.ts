import { type ChildProcess, type SendHandle, spawn } from 'node:child_process';

import { systemClock } from '../../shutdown/clock.js';
import type { ShutdownState } from '../../shutdown/shutdown-state.js';
import { within } from '../../shutdown/within.js';
import type { Errno, ListenHandle, ListenQuery } from '../../sockets/bind.js';
import {
  type FromPrimary,
  type FromWorker,
  type LeaveReason,
  unwrap,
  WORKER_VARIABLE,
  type WorkerSettings,
  wrap,
} from '../protocol.js';
import type { WorkerStatus } from '../restart-status.js';
import { keyOf } from './listening-sockets.js';
import type { Release } from './releases.js';

/** How long a worker may take to react; its event loop may be busy. */
const NOTICE_MS = 30_000;
/** A starting worker has served nobody yet, and may not know the primary. */
const STARTING_NOTICE_MS = 2000;
/** A worker keeps its promised end by itself; this margin is for one that cannot. */
const OVERDUE_MS = 2000;
const REPORT_MS = 1000;
const PRELOAD = new URL('../worker/preload.js', import.meta.url).href;

/** What the primary does for its workers. @internal */
export interface WorkerOwner {
  socketFor(query: ListenQuery, index: number): Promise<ListenHandle | Errno>;
  /** A server of the worker could not get its socket. */
  couldNotBind(worker: WorkerProcess, query: ListenQuery, error: Errno): void;
  /** The signals that its application handles, which the primary gets in its place. */
  leavesBy(signals: readonly NodeJS.Signals[]): void;
  /** The worker does not accept connections any more. */
  stoppedAccepting(worker: WorkerProcess): void;
}

/** @internal */
export interface WorkerPlace {
  readonly slot: number;
  readonly generation: number;
}

/** The end of a worker, for a log line. @internal */
export type Ending = string;

type Phase = WorkerStatus['phase'];

/**
 * A worker process, as its primary sees it.
 *
 * @internal
 */
export class WorkerProcess {
  readonly pid: number;
  /** Resolves when it could accept connections; never if it ends first. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ending>;
  /** Resolves when it leaves or ends for any reason. */
  readonly gone: Promise<void>;
  readonly #accepting: Promise<string | undefined>;
  readonly #startedAt = systemClock.now();
  readonly #child: ChildProcess;
  readonly #sockets = new Set<string>();
  readonly #reports = new Map<number, (report: Report) => void>();
  #phase: Phase = 'starting';
  #state: ShutdownState | undefined;
  #isTold = false;
  #failed = false;
  #isKilled = false;
  #budgetMs = 0;
  #lastReport = 0;
  #waitsFor: string | undefined;
  #mayHaveClients = false;
  #cancelKill = () => {};
  #becomeReady!: () => void;
  #accepts!: (refusal?: string) => void;
  #begone!: () => void;

  constructor(
    readonly place: WorkerPlace,
    release: Release,
    args: readonly string[],
    nodeOptions: readonly string[],
    settings: WorkerSettings,
    env: NodeJS.ProcessEnv,
    private readonly owner: WorkerOwner,
  ) {
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#accepting = new Promise((resolve) => (this.#accepts = resolve));
    this.gone = new Promise((resolve) => (this.#begone = resolve));
    this.#child = spawn(
      process.execPath,
      [...nodeOptions, '--import', PRELOAD, release.script, ...args],
      {
        cwd: release.folder,
        env: { ...env, [WORKER_VARIABLE]: JSON.stringify(settings) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    this.pid = this.#child.pid ?? 0;
    this.#child.on('message', (received) => this.#received(unwrap(received) as FromWorker));
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(this.#end(code, signal)));
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) resolve(this.#end(null, null, error));
      });
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** How long it has been running, in ms. */
  get ageMs(): number {
    return systemClock.now() - this.#startedAt;
  }

  /** Whether it ended without an error that a client could notice. */
  get isClean(): boolean {
    return !this.#failed || !this.#mayHaveClients;
  }

  /** Its name in the log. A worker that could not be started has no PID. */
  get name(): string {
    return this.pid > 0 ? `worker ${this.pid}` : `the worker in slot ${this.place.slot}`;
  }

  /** Why it is not ready, if it has said so. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  /** Whether it takes connections, or may begin to. */
  get mayAccept(): boolean {
    return this.#state === undefined || this.#state === 'running' || this.#state === 'grace';
  }

  /** How long it may take to leave, in ms; 0 before it is ready. */
  get budgetMs(): number {
    return this.#budgetMs;
  }

  /** The keys of the sockets that it uses. */
  get sockets(): ReadonlySet<string> {
    return this.#sockets;
  }

  /**
   * Makes it accept connections. Resolves when it does, or is gone.
   *
   * @returns why it cannot; undefined if it can
   */
  async accept(): Promise<string | undefined> {
    this.#mayHaveClients = true;
    this.#send({ type: 'accept' });
    return (await Promise.race([this.#accepting, this.gone])) ?? undefined;
  }

  /** Makes it leave once its work is done. Another trigger may follow the first. */
  leave(because: LeaveReason): void {
    const noticeMs = this.#phase === 'starting' ? STARTING_NOTICE_MS : NOTICE_MS;
    if (!this.#isTold) this.#killAfter(noticeMs);
    this.#isTold = true;
    this.#goes();
    this.#send({ type: 'leave', because });
  }

  /** Cuts its work in flight. */
  force(): void {
    this.#send({ type: 'force' });
  }

  kill(): void {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
  }

  /** Computed now, so that workers that are asked together show the same moment. */
  async status(): Promise<WorkerStatus> {
    const { pid, place, ageMs, phase } = this;
    const report = await this.#report();
    return { pid, ...place, ageMs: Math.round(ageMs), phase, ...report };
  }

  async #report(): Promise<Report | undefined> {
    const id = ++this.#lastReport;
    let report: Report | undefined;
    const answered = new Promise<void>((resolve) => {
      this.#reports.set(id, (received) => {
        report = received;
        resolve();
      });
    });
    this.#send({ type: 'report', id });
    await within(systemClock, REPORT_MS, Promise.race([answered, this.ended]));
    this.#reports.delete(id);
    return report;
  }

  #received(message: FromWorker | undefined): void {
    switch (message?.type) {
      case 'bind':
        void this.#bind(message.id, message.query, message.index);
        break;
      case 'ready':
        if (this.#phase === 'starting') this.#phase = 'soaking';
        this.#budgetMs = message.budgetMs;
        this.owner.leavesBy(message.signals ?? []);
        this.#becomeReady();
        break;
      case 'waiting':
        this.#waitsFor = message.reason;
        break;
      case 'accepting':
        if (this.#phase === 'soaking') this.#phase = 'ready';
        this.#accepts();
        break;
      case 'refused':
        this.#accepts(message.reason);
        break;
      case 'state':
        this.#entered(message.state, message.endsInMs);
        break;
      case 'report':
        this.#reports.get(message.id)?.({ state: message.state, inFlight: message.inFlight });
        break;
      case undefined:
    }
  }

  async #bind(id: number, query: ListenQuery, index: number): Promise<void> {
    const found = await this.owner.socketFor(query, index);
    if (typeof found === 'number') {
      this.owner.couldNotBind(this, query, found);
      return this.#send({ type: 'bound', id, error: found });
    }
    this.#sockets.add(keyOf(query, index));
    this.#send({ type: 'bound', id }, found);
  }

  #entered(state: ShutdownState, endsInMs: number): void {
    this.#state = state;
    if (state === 'running') return;
    this.#killAfter(endsInMs + OVERDUE_MS);
    this.#goes();
    if (!this.mayAccept) this.owner.stoppedAccepting(this);
  }

  #goes(): void {
    this.#phase = 'leaving';
    this.#begone();
  }

  #killAfter(ms: number): void {
    this.#cancelKill();
    this.#cancelKill = systemClock.after(ms, () => {
      this.#failed = true;
      this.#child.kill('SIGKILL');
    });
  }

  #end(code: number | null, signal: NodeJS.Signals | null, error?: Error): Ending {
    this.#cancelKill();
    if (code !== 0 && !this.#isKilled) this.#failed = true;
    this.#state = 'closed';
    this.#goes();
    this.owner.stoppedAccepting(this);
    if (error !== undefined) return `could not be started: ${error.message}`;
    return signal === null ? `exited with ${code}` : `was ended by ${signal}`;
  }

  #send(message: FromPrimary, handle?: ListenHandle): void {
    if (!this.#child.connected) return;
    // It may end at any moment, which its `exit` event reports better than an error here.
    this.#child.send(wrap(message), handle as SendHandle | undefined, () => {});
  }
}

interface Report {
  readonly state: ShutdownState;
  readonly inFlight: number;
}
