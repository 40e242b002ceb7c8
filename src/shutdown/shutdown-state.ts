/**
 * Where a shutdown stands: `running → grace → draining → (forcing) → closing → closed`.
 *
 * - `running`: serving.
 * - `grace`: readiness is red, everything is still served (the field says "lame duck").
 * - `draining`: the listener closes, work in flight finishes.
 * - `forcing`: time is up; the deadline signal has fired, what is left is cut.
 * - `closing`: Nest's own sequence, from `onModuleDestroy` to `onApplicationShutdown`.
 * - `closed`: over.
 *
 * @publicApi
 */
export type ShutdownState = 'running' | 'grace' | 'draining' | 'forcing' | 'closing' | 'closed';

/** All states, in their order. @internal */
export const SHUTDOWN_STATES: readonly ShutdownState[] = [
  'running',
  'grace',
  'draining',
  'forcing',
  'closing',
  'closed',
];

/**
 * Why a state ended.
 *
 * - `elapsed`: its time was over (a grace period).
 * - `quiet`: traffic had stopped (an adaptive grace period that ended early).
 * - `done`: nothing was left to wait for.
 * - `timeout`: time was up.
 * - `signal`: a second signal ended the wait.
 * - `exit`: the process ended in the middle of it.
 *
 * @publicApi
 */
export type EndedBy = 'elapsed' | 'quiet' | 'done' | 'timeout' | 'signal' | 'exit';
