/**
 * A task: one piece of work that a shutdown waits for.
 *
 * @publicApi
 */
export interface DrainTask {
  /** The name of the task in the log: `GET OrdersController.create`. Never a query string. */
  readonly label: string;
  /** The time that the task has been in flight, in ms; left out if not known. */
  readonly ageMs?: number;
  /** True if it began before the signal at an unknown time: `ageMs` counts from the signal. */
  readonly isOlder?: boolean;
}

/**
 * A participant: one kind of work that enters the application and must end before it leaves, such
 * as a queue consumer or background jobs. All participants drain at the same time, inside one
 * budget. One that throws or hangs is named in the log, and holds up no other.
 *
 * @example
 * ```ts
 * const running = new Set<Promise<void>>();
 * const consumer: DrainParticipant = {
 *   name: 'orders-queue',
 *   stopsAt: 'grace',
 *   stopIntake: async () => {}, // cancel the consumer here
 *   active: () => running.size,
 *   drain: async () => void (await Promise.allSettled(running)),
 * };
 * ```
 *
 * @publicApi
 */
export interface DrainParticipant {
  /** The name of the participant in the log and the report. */
  readonly name: string;
  /**
   * When `stopIntake()` is called: `'grace'` is at the signal, for work that no balancer routes (a
   * queue consumer, a scheduler); `'draining'` is after the grace period (a listening server);
   * `'last'` is when the work of the others has ended, or at the deadline (a consumer on which
   * requests of the same application wait).
   *
   * @defaultValue `'draining'`
   */
  readonly stopsAt?: 'grace' | 'draining' | 'last';
  /**
   * The shutdown begins: finds out what it has in flight. Called before anybody asks, so that
   * nothing is looked for twice.
   *
   * @internal
   */
  takeStock?(): void;
  /**
   * Tells peers to go, each at its own moment of the next `windowMs`. Called at the beginning of
   * the grace period, if there is one.
   */
  announce?(windowMs: number): void;
  /** Stops taking new work. Called once. */
  stopIntake?(): void | Promise<void>;
  /**
   * Returns the number of its tasks in flight, its share of `inFlight`. Called often, so keep it
   * cheap.
   */
  active(): number;
  /** Returns the tasks in flight, the oldest first, for the log. */
  tasks?(): readonly DrainTask[];
  /**
   * Resolves when no work is left. Called again if new work has come, such as a background job that
   * a request started.
   *
   * @param deadline - aborted when the time for draining is up
   */
  drain(deadline: AbortSignal): Promise<void>;
  /** Cuts the remaining work so that its peer notices. Called when time is up. */
  force?(): void;
  /**
   * How long its idle peers may stay, in ms, if nobody waits for the end (a graceful restart).
   *
   * @internal
   */
  idleMs?(): number;
  /**
   * What `drain()` waits for while nothing is in flight, for the log: `2 idle connections`.
   *
   * @internal
   */
  waitsFor?(): string;
  /**
   * Whether it takes work by itself. A process with such a participant is a service; without one
   * and without a server it is a job. By default, true if `stopsAt` is `'grace'` and there is a
   * `stopIntake()`.
   *
   * @internal
   */
  takesWork?(): boolean;
  /**
   * Whether it has stopped consumers at the signal, on which a request of the same application may
   * still wait.
   *
   * @internal
   */
  hasStoppedConsumers?(): boolean;
  /**
   * Returns what happened during the shutdown, as half a sentence for the closing line of the log.
   */
  summary?(): string | undefined;
}
