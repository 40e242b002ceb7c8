/**
 * A listener whose exception stays here. Node would throw it into the emitter, which is the
 * application's own server: a request would be lost, or the process. A fault of ours is reported
 * instead, once for each listener.
 *
 * @internal
 */
export function contained<This, Args extends unknown[]>(
  listener: (this: This, ...args: Args) => void,
): (this: This, ...args: Args) => void {
  const report = onceReported();
  return function (...args) {
    try {
      listener.apply(this, args);
    } catch (error) {
      report(error);
    }
  };
}

/** @returns a function that reports a fault of ours, the first time it is called. @internal */
export function onceReported(): (error: unknown) => void {
  let isReported = false;
  return (error) => {
    if (!isReported) warn(error);
    isReported = true;
  };
}

function warn(error: unknown): void {
  const detail = error instanceof Error ? error.stack : undefined;
  process.emitWarning(
    `A listener of nestjs-drain failed, so its counts may be wrong: ${String(error)}`,
    {
      type: 'nestjs-drain',
      ...(detail !== undefined && { detail }),
    },
  );
}
