/**
 * The bounds of tests. Each is generous, as the machine may be busy, and below what could end the
 * wait by accident: a test must still fail where something waits for the wrong time-out. How fast
 * something is, `bench` measures.
 */

/**
 * An exit, or a step of it, that nothing holds. Below the shortest defaults that could end it in
 * place of what is tested: `closeTimeoutMs` (4 s), and Node's keep-alive (5 s).
 */
export const SOON_MS = 3500;

/** An exit that only a whole drain could hold: half of the default `drainTimeoutMs` (20 s). */
export const BEFORE_DEADLINE_MS = 10_000;

/**
 * How late something may be that a timer or a signal begins: the end of a state, a cut, an
 * announcement. Below the abort window (1 s).
 */
export const LATE_MS = 900;
