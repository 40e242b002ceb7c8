import { ShutdownSignal } from '@nestjs/common';
import { HttpAdapterHost, type ModulesContainer } from '@nestjs/core';

import type { ReportPublisher } from '../report/report-publisher.js';
import type { StartLog } from '../report/start-log.js';
import type { Clock } from '../shutdown/clock.js';
import type { ProcessMember } from '../shutdown/process-member.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { isRehearsedPlain } from '../shutdown/rehearsal.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { expectApplication, type NestInstance } from './application-sighting.js';
import { CapturedApplication } from './captured-application.js';
import { Companions } from './companions.js';
import { onFailedCreation } from './failed-creation.js';
import { keepOffHttpRoutes, keepOffMessageHandlers } from './http-route-interceptors.js';
import { idleSettings } from './idle-settings.js';
import type { OtherApplication } from './other-application.js';

/** @internal */
export interface LeaveOptions {
  readonly signals: readonly NodeJS.Signals[];
  readonly drainOnCrash: boolean;
}

/**
 * One application's part in the shutdown of its process, from the moment Nest builds this module
 * until the application is closed.
 *
 * @internal
 */
export class ApplicationShutdown implements ProcessMember {
  signals: readonly NodeJS.Signals[];
  readonly leavesOnCrash: boolean;
  readonly #stopExpecting: () => void;
  #leaveProcess: () => void;
  readonly #preparations: (() => void)[] = [];
  #bootstrapped = false;
  #hasFailed = false;
  #application: CapturedApplication | undefined;
  readonly #onStarted: (() => void)[] = [];
  readonly #others: Companions;

  constructor(
    options: LeaveOptions,
    readonly sequence: ShutdownSequence,
    private readonly modules: ModulesContainer,
    private readonly log: StartLog,
    private readonly reports: ReportPublisher,
    private readonly process: ProcessShutdown,
    private readonly clock: Clock,
  ) {
    this.#others = new Companions(sequence, process, clock, (signals) => this.#listenToo(signals));
    this.#others.onJoin.push(() => log.otherApplication());
    this.signals = options.signals;
    this.leavesOnCrash = options.drainOnCrash;
    this.#leaveProcess = process.join(this);
    this.#stopExpecting = expectApplication(modules, (application) => this.adopt(application));
    void onFailedCreation(modules, () => sequence.abandon());
    sequence.observe({ released: () => this.release() });
  }

  /** The application; undefined until it is caught, or if it could not be. */
  get instance(): NestInstance | undefined {
    return this.#application?.instance;
  }

  /** Runs before the first `onModuleInit`, or with it if the application could not be caught. */
  beforeInit(prepare: () => void): void {
    this.#preparations.push(prepare);
  }

  /**
   * Runs once the application has started: it listens, or it has no server and is initialized. If
   * it could not be caught, runs a moment earlier.
   */
  onStarted(callback: () => void): void {
    this.#onStarted.push(callback);
  }

  /** Calls back with each application of the process that does not import the module. */
  onOther(callback: (other: OtherApplication) => void): void {
    this.#others.onJoin.push(callback);
  }

  /** If it could not be caught: still before most libraries look for what they call. */
  onModuleInit(): void {
    this.#prepare();
  }

  isCreated(): boolean {
    return this.#application !== undefined;
  }

  isStarting(): boolean {
    return !this.#bootstrapped || this.#application?.isStarting === true;
  }

  isServer(): boolean {
    const { instance } = this;
    return instance === undefined ? hasHttpAdapter(this.modules) : 'listen' in instance;
  }

  isReachable(): boolean {
    return this.#application?.isReachable === true;
  }

  /** Puts the shutdown before the teardown of this application. Only the first call counts. */
  adopt(instance: NestInstance): void {
    if (this.#application !== undefined) return;
    if (isRehearsedPlain()) return this.#leaveToNest(instance);
    this.#others.watch();
    this.#stopExpecting();
    const { modules } = this;
    const application = new CapturedApplication(instance, modules, this.sequence, this.clock);
    application.onHooksEnabled = (signals) => this.#listenToo(signals);
    keepOffMessageHandlers(instance, modules, (callback) => this.beforeInit(callback));
    keepOffHttpRoutes(application);
    application.beforeInit = () => this.#prepare();
    if (this.#onStarted.length > 0) application.onStarted = () => this.#started();
    application.onFailed = () => this.#startFailed();
    this.#application = application;
    this.#leaveProcess = this.process.join(this);
  }

  /** The application has started: logs what is armed, or that it could not be caught. */
  bootstrapped(): void {
    // A hybrid application with deferred initialization is bootstrapped once for each server.
    if (this.#bootstrapped) return;
    this.#bootstrapped = true;
    if (isRehearsedPlain()) return;
    const { instance } = this;
    if (instance === undefined) {
      this.release();
      this.log.notCaptured();
      this.#started();
      return;
    }
    if (this.sequence.state !== 'running') return;
    if (this.#hasFailed) return this.log.startedAgain();
    const { getsSignals, signalledPid } = this.process;
    this.log.armed(getsSignals ? this.signals : [], this.sequence.budget, signalledPid);
    this.log.runsOn(this.process);
    this.#tellIdleSettings(instance);
    const { gracePeriodMs } = this.sequence.budget;
    if (!this.isServer() && gracePeriodMs > 0) this.log.unreachable(gracePeriodMs);
    this.process.nameForeignListeners();
    this.reports.started();
  }

  /**
   * Removes everything, unless the process ends: then signals stay handled, so that a third one
   * ends it at once, and an application that does not listen yet never will.
   */
  release(): void {
    this.#stopExpecting();
    this.#others.stopWatching();
    if (this.sequence.endsProcess) return;
    this.#application?.release();
    this.#leaveProcess();
    this.#others.release();
  }

  /** @param reason - why it does not become ready, although it has started */
  notReady(reason: string): void {
    this.log.notReady(reason);
  }

  #tellIdleSettings(instance: NestInstance): void {
    try {
      this.log.idleSettings(idleSettings(instance, this.modules));
    } catch (error) {
      this.log.unreadableSettings(error);
    }
  }

  /** Behaves as if the module were absent and `main.ts` had enabled Nest's hooks. */
  #leaveToNest(instance: NestInstance): void {
    this.release();
    (instance as { enableShutdownHooks?: () => void }).enableShutdownHooks?.();
    this.log.plain();
  }

  /**
   * Its start has failed. It may still be closed; until then it must not hold what the next
   * application needs.
   */
  #startFailed(): void {
    this.#hasFailed = true;
    this.sequence.abandon();
  }

  #prepare(): void {
    for (const prepare of this.#preparations.splice(0)) prepare();
  }

  #started(): void {
    for (const callback of this.#onStarted.splice(0)) callback();
  }

  /** `app.enableShutdownHooks()` in `main.ts`: the hooks are on already; its signals are added. */
  #listenToo(signals: readonly string[] = []): void {
    const asked = signals.length > 0 ? signals : Object.values(ShutdownSignal);
    const names = asked.map((signal) => signal.toUpperCase().trim());
    this.signals = [...new Set([...this.signals, ...(names as NodeJS.Signals[])])];
    this.process.refresh();
  }
}

/** Whether it is made for HTTP. Nest knows that before it builds any provider. */
function hasHttpAdapter(modules: ModulesContainer): boolean {
  for (const { providers } of modules.values()) {
    const host = providers.get(HttpAdapterHost)?.instance as HttpAdapterHost | undefined;
    if (host !== undefined) return Boolean(host.httpAdapter);
  }
  return false;
}
