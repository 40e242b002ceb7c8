/**
 * A task: one piece of work that a shutdown waits for.
 *
 * @publicApi
 */
export interface DrainTask {
  /** What it is, as a log line names it: `GET OrdersController.create`. Never a query string. */
  readonly label: string;
  /** How long it has been in flight, in ms; left out where nobody knows. */
  readonly ageMs?: number;
}

/**
 * One kind of work that enters the application and must leave it: HTTP requests, a queue consumer,
 * background jobs. All participants drain at the same time, inside one budget; one that throws or
 * hangs is named in the log and holds nobody else.
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
  /** Its name in log lines. */
  readonly name: string;
  /**
   * When `stopIntake()` is called: at once, because nobody outside needs to learn of it (a queue
   * consumer, a scheduler), or once the grace period is over (a listening server).
   *
   * @defaultValue `'draining'`
   */
  readonly stopsAt?: 'grace' | 'draining';
  /**
   * The grace period has begun: tell peers to go, each at its own moment of the next `windowMs`.
   * Not called when there is no grace period.
   */
  announce?(windowMs: number): void;
  /** Takes no new work from here on. */
  stopIntake?(): void | Promise<void>;
  /** How many of its tasks are in flight: its share of `inFlight`. Called often, so keep it cheap. */
  active(): number;
  /** The tasks in flight, the oldest first, for the log. */
  tasks?(): readonly DrainTask[];
  /**
   * Resolves when no work is left. Called again when work has come since (a request that was still
   * running has started a background job).
   *
   * @param deadline - aborted when the time for draining is up
   */
  drain(deadline: AbortSignal): Promise<void>;
  /** Time is up: cut what is left, visibly for its peer. */
  force?(): void;
  /**
   * How long its idle peers may stay, in ms, where nothing is in a hurry (a graceful restart).
   *
   * @internal
   */
  idleMs?(): number;
  /**
   * What its `drain()` waits for while nothing is in flight, for the log: `2 idle connections`.
   *
   * @internal
   */
  waitsFor?(): string;
  /**
   * Whether it takes work by itself: a process with such a participant is a service, and not a job
   * that is interrupted. Left out, whether it has an intake that stops at once.
   *
   * @internal
   */
  takesWork?(): boolean;
  /** What happened during the shutdown, as half a sentence for its last log line. */
  summary?(): string | undefined;
}
