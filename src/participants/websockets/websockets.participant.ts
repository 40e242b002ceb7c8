import { forEachAlone } from '../../connections/for-each-alone.js';
import type { HttpServers } from '../../connections/http-servers.js';
import { receiveWaitingBytes } from '../../connections/receive-waiting-bytes.js';
import type { Traffic } from '../../connections/traffic.js';
import { count } from '../../shutdown/amounts.js';
import type { Clock } from '../../shutdown/clock.js';
import { Departures } from '../../shutdown/departures.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { never, sleep, within } from '../../shutdown/within.js';
import { ClosePace } from './close-pace.js';
import { Stay } from './stay.js';
import type { WebSocketConnection } from './web-socket-connection.js';
import { type Gateways, WebSocketConnections } from './web-socket-connections.js';

/** The interval at which handlers are checked and more connections closed. */
const LOOK_AGAIN_MS = 10;
/** How long a client may take to answer the close. A vanished client never does. */
const ANSWER_MS = 2000;
const SWEEP_EVERY_MS = 100;
/**
 * How long an upgraded connection that is no websocket is left to the application's own teardown.
 */
const LEFT_ALONE_MS = 250;

/** @internal */
export interface WebSocketsOptions {
  readonly idleLingerMs: number;
  readonly websocketCloseCode: number;
  readonly random: () => number;
}

/**
 * Websockets of gateways and all others on the application's HTTP servers: each is closed once its
 * message handlers have ended, with a code that makes its client reconnect elsewhere.
 *
 * @internal
 */
export class WebSocketsParticipant implements DrainParticipant {
  readonly name = 'websockets';
  readonly #connections: WebSocketConnections;
  readonly #departures: Departures<WebSocketConnection>;
  readonly #leaving = new WeakMap<WebSocketConnection, Stay>();
  /** When. */
  readonly #told = new WeakMap<WebSocketConnection, number>();
  #cancelEnd = () => {};
  #isOver = false;
  #closed = 0;

  constructor(
    servers: HttpServers,
    gateways: Gateways,
    traffic: Traffic,
    private readonly sequence: ShutdownSequence,
    private readonly options: WebSocketsOptions,
    private readonly clock: Clock,
  ) {
    this.#connections = new WebSocketConnections(gateways, traffic, clock);
    this.#departures = new Departures(clock, options.random, (it) => this.#announceTo(it));
    servers.each(
      (server) => this.#connections.watch(server),
      (server) => this.#connections.unwatch(server),
    );
    sequence.observe({
      entered: (state) => {
        if (state === 'closing') {
          this.#cancelEnd = clock.after(LEFT_ALONE_MS, () => this.#connections.endUpgraded());
        }
      },
    });
  }

  takeStock(): void {
    this.#connections.follow();
  }

  dispose(): void {
    this.#cancelEnd();
    this.#isOver = true;
    this.#departures.cancel();
    this.#connections.dispose();
  }

  announce(windowMs: number): void {
    this.#departures.announce([...this.#connections.open], windowMs);
    this.#connections.onOpen = (connection) => this.#departures.add(connection);
  }

  stopIntake(): void {
    this.#departures.cancel();
    this.#connections.refuseUpgrades();
    // A poll of socket.io is no upgrade.
    this.#connections.onOpen = (connection) => this.#announceTo(connection);
  }

  /** An open websocket alone is no work; one that has been announced is. */
  active(): number {
    return this.#isStopped ? this.#connections.open.size : 0;
  }

  tasks(): readonly DrainTask[] {
    if (!this.#isStopped) return [];
    const now = this.clock.now();
    return [...this.#connections.open].map(({ label, since }) => ({ label, ageMs: now - since }));
  }

  async drain(deadline: AbortSignal): Promise<void> {
    if (this.#connections.open.size === 0) return;
    const empty = this.#connections.empty();
    await this.#closeEvenly(deadline);
    while (!this.#isOver && !(await within(this.clock, SWEEP_EVERY_MS, empty))) this.#dropSilent();
  }

  force(): void {
    try {
      forEachAlone(this.#connections.open, (connection) => this.#close(connection));
    } finally {
      this.#connections.destroyAll();
    }
  }

  summary(): string | undefined {
    if (this.#closed === 0) return undefined;
    return `${count(this.#closed, 'websocket')} closed`;
  }

  async #closeEvenly(deadline: AbortSignal): Promise<void> {
    const rest = [...this.#connections.open].filter((it) => !this.#leaving.has(it));
    const { drainTimeoutMs } = this.sequence.budget;
    const pace = new ClosePace(rest.length, drainTimeoutMs, this.clock.now());
    for (let next = 0; next < rest.length;) {
      // Without a signal, clients and server belong to one test, and nobody is overrun.
      const isHurried = deadline.aborted || !this.sequence.endsProcess;
      const leaving = isHurried ? rest.length : pace.take(this.clock.now());
      for (const connection of rest.slice(next, next + leaving)) this.#announceTo(connection);
      next += leaving;
      if (next < rest.length) await within(this.clock, LOOK_AGAIN_MS, never(), deadline);
    }
  }

  get #isStopped(): boolean {
    return this.sequence.drainingSince < Infinity;
  }

  /** One that cannot be closed stays, and is cut at the deadline. */
  #announceTo(connection: WebSocketConnection): void {
    this.#leave(connection).catch(() => {});
  }

  /** Closes it once its handlers have ended and its client can be told. */
  async #leave(connection: WebSocketConnection): Promise<void> {
    if (this.#leaving.has(connection)) return;
    const stay = new Stay(connection, this.clock);
    this.#leaving.set(connection, stay);
    do {
      await this.#handled(connection, stay);
      await this.#polled(connection);
    } while (this.#waitsFor(connection) && stay.isHeld());
    if (this.#waitsFor(connection)) this.#close(connection);
  }

  /** Resolves when all messages are handled, including those that the kernel holds. */
  async #handled(connection: WebSocketConnection, stay: Stay): Promise<void> {
    do {
      while (this.#waitsFor(connection) && stay.isHeld()) {
        await sleep(this.clock, LOOK_AGAIN_MS);
      }
      await receiveWaitingBytes(this.clock);
    } while (this.#waitsFor(connection) && stay.isHeld());
  }

  /** Waits for the next poll, which may never come once the listener is closed. */
  async #polled(connection: WebSocketConnection): Promise<void> {
    const since = this.clock.now();
    const end = () => Math.max(since, this.sequence.drainingSince) + this.#lingerMs();
    while (connection.isAway && this.#waitsFor(connection) && this.clock.now() < end()) {
      await sleep(this.clock, LOOK_AGAIN_MS);
    }
  }

  /** While a connection is open that could bring a poll. */
  #lingerMs(): number {
    return this.sequence.endsProcess ? this.options.idleLingerMs : 0;
  }

  #waitsFor(connection: WebSocketConnection): boolean {
    return !this.#isOver && this.#connections.open.has(connection);
  }

  #close(connection: WebSocketConnection): void {
    if (this.#told.has(connection)) return;
    this.#told.set(connection, this.clock.now());
    connection.close(this.options.websocketCloseCode);
    // Its client learns this at its next poll.
    if (connection.isAway) this.#connections.forget(connection);
    this.#closed += 1;
  }

  #dropSilent(): void {
    const since = this.clock.now() - ANSWER_MS;
    for (const connection of this.#connections.open) {
      const isSilent = (this.#told.get(connection) ?? Infinity) <= since;
      // A client that reads, however slowly, will reach the close frame.
      const isReading = connection.hasUnsent && this.#leaving.get(connection)?.isStalled() !== true;
      if (isSilent && !isReading) connection.drop();
    }
  }
}
