import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Server } from 'node:net';

import type { Clock } from '../../shutdown/clock.js';
import type { Host, HostedApplication, HostedServers } from '../../shutdown/host.js';
import type { ProcessShutdown } from '../../shutdown/process-shutdown.js';
import { totalMs } from '../../shutdown/shutdown-budget.js';
import { SHUTDOWN_STATES, type ShutdownState } from '../../shutdown/shutdown-state.js';
import type { ShutdownTrigger } from '../../shutdown/shutdown-trigger.js';
import { sleep } from '../../shutdown/within.js';
import type { WorkerSettings } from '../protocol.js';
import type { FromPrimaryUnasked, PrimaryLink } from './primary-link.js';
import { Readiness } from './readiness.js';
import type { SharedListeners } from './shared-listeners.js';

/** A server that could not listen may try again. */
const LOOK_AGAIN_MS = 100;

/**
 * A process under a primary: it listens on the primary's sockets once it is ready, reports its
 * state, and leaves when told to, or when the primary is gone.
 *
 * @internal
 */
export class Worker implements Host {
  /** The applications that have not started yet. */
  readonly #starting = new Set<HostedApplication>();
  readonly #members = new Set<HostedApplication>();
  readonly #servers = new Set<Server>();
  readonly #owners = new Set<HostedServers>();
  #isChecking = false;
  #told: ShutdownState = 'running';

  constructor(
    private readonly settings: WorkerSettings,
    private readonly link: PrimaryLink,
    private readonly listeners: SharedListeners,
    private readonly process: ProcessShutdown,
    private readonly clock: Clock,
    private readonly signals: ReadonlySet<NodeJS.Signals> = new Set(),
  ) {
    link.onMessage = (message) => this.#received(message);
    link.onLost(() => this.#lost());
  }

  /** @param servers - the servers of the application */
  join(member: HostedApplication, servers: HostedServers): void {
    this.#members.add(member);
    this.#owners.add(servers);
    this.#starting.add(member);
    servers.each((server) => this.#servers.add(server));
    member.onStarted(() => this.#started(member));
    member.sequence.observe({
      entered: () => this.#tellState(),
      released: () => this.#released(member),
    });
  }

  /**
   * A listening server that belongs to no application was made by hand (Nest's recipe for several
   * servers, one for metrics). Left alone, it would be cut when the process ends.
   */
  listens(server: Server): void {
    const [first, ...others] = this.#owners;
    if (!isHttp1(server) || [first, ...others].some((owner) => owner?.has(server))) return;
    first?.add(server);
  }

  #started(member: HostedApplication): void {
    this.#starting.delete(member);
    if (this.#starting.size === 0 && this.#members.size > 0) void this.#becomeReady();
  }

  /** It was closed alone, or has failed to start; the process goes on for the others. */
  #released(member: HostedApplication): void {
    if (this.process.isLeaving) return;
    this.#members.delete(member);
    this.#started(member);
  }

  async #becomeReady(): Promise<void> {
    if (this.#isChecking || this.process.isLeaving) return;
    this.#isChecking = true;
    await this.#allBound();
    const { readyPath } = this.settings;
    if (readyPath !== undefined) {
      const readiness = new Readiness(readyPath, this.#servers, this.clock);
      await readiness.green(
        () => this.process.isLeaving,
        (reason) => this.#notReady(reason),
      );
    }
    if (this.process.isLeaving) return;
    const budgets = [...this.#members].map(({ sequence }) => totalMs(sequence.budget));
    this.link.send({
      type: 'ready',
      budgetMs: Math.max(...budgets),
      signals: [...this.signals],
    });
  }

  /** Resolves when each server has its socket. */
  async #allBound(): Promise<void> {
    let told: string | undefined;
    for (;;) {
      const reason = this.listeners.failure;
      if (reason === undefined || this.process.isLeaving) return;
      if (reason !== told) this.#notReady(reason);
      told = reason;
      await sleep(this.clock, LOOK_AGAIN_MS);
    }
  }

  #notReady(reason: string): void {
    const [member] = this.#members;
    member?.notReady(reason);
    this.link.send({ type: 'waiting', reason });
  }

  #received(message: FromPrimaryUnasked): void {
    switch (message.type) {
      case 'accept':
        return this.#accept();
      case 'leave':
        return this.#leave(message.because);
      case 'force':
        return this.process.cutNow();
      case 'report':
        return this.#report(message.id);
    }
  }

  #accept(): void {
    if (this.process.isLeaving) return;
    const problem = this.listeners.failure ?? this.listeners.open();
    if (problem === undefined) this.link.send({ type: 'accepting' });
    else this.link.send({ type: 'refused', reason: problem });
  }

  #lost(): void {
    const { primaryPid } = this.settings;
    this.#leave({ kind: 'request', reason: `its primary, process ${primaryPid}, is gone` });
  }

  #leave(trigger: ShutdownTrigger): void {
    const wasLeaving = this.process.isLeaving;
    void this.process.leave(trigger);
    // The same state may have a new end.
    if (wasLeaving) this.#tellEnd();
  }

  /** The process is in the state of its slowest application. */
  get #state(): ShutdownState {
    const states = [...this.#members].map(({ sequence }) =>
      SHUTDOWN_STATES.indexOf(sequence.state),
    );
    return SHUTDOWN_STATES[Math.min(...states)] ?? 'running';
  }

  #tellState(): void {
    if (this.process.isLeaving && this.#state !== this.#told) this.#tellEnd();
  }

  #tellEnd(): void {
    const state = (this.#told = this.#state);
    if (state === 'running') return;
    const remaining = [...this.#members].map(({ sequence }) => sequence.remainingMs());
    this.link.send({ type: 'state', state, endsInMs: Math.ceil(Math.max(...remaining)) });
  }

  #report(id: number): void {
    const inFlight = [...this.#members].reduce((sum, it) => sum + it.sequence.inFlight, 0);
    this.link.send({ type: 'report', id, state: this.#state, inFlight });
  }
}

/** HTTP/2 servers may belong to gRPC, which ends them itself. */
function isHttp1(server: Server): boolean {
  return server instanceof HttpServer || server instanceof HttpsServer;
}
