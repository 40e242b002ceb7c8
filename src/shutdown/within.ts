import type { Clock } from './clock.js';

/**
 * Waits for `work` to settle, but no longer than `ms` and not past `interrupt`. Leaves no timer.
 *
 * @returns whether the work settled in time
 * @internal
 */
export function within(
  clock: Clock,
  ms: number,
  work: Promise<unknown>,
  interrupt?: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = () => settle(false);
    const settle = (inTime: boolean) => {
      cancel();
      interrupt?.removeEventListener('abort', giveUp);
      resolve(inTime);
    };
    const cancel = clock.after(Math.max(0, ms), giveUp);
    if (interrupt?.aborted) return giveUp();
    interrupt?.addEventListener('abort', giveUp, { once: true });
    work.then(
      () => settle(true),
      () => settle(true),
    );
  });
}

/**
 * A promise that never settles. Not shared, because a shared one would keep everything that ever
 * waited for it.
 *
 * @internal
 */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** @internal */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** @internal */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
