/**
 * Where a shutdown stands: `running → grace → draining → (forcing) → closing → closed`.
 *
 * - `running`: serving.
 * - `grace`: readiness is red, everything is still served (the field says "lame duck").
 * - `draining`: the listener closes, work under way finishes.
 * - `forcing`: time is up; the deadline signal has fired, what is left is cut.
 * - `closing`: Nest's own sequence, from `onModuleDestroy` to `onApplicationShutdown`.
 * - `closed`: over.
 *
 * @publicApi
 */
export type ShutdownState = 'running' | 'grace' | 'draining' | 'forcing' | 'closing' | 'closed';
