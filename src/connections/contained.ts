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
  let isReported = false;
  return function (...args) {
    try {
      listener.apply(this, args);
    } catch (error) {
      if (isReported) return;
      isReported = true;
      report(error);
    }
  };
}

function report(error: unknown): void {
  const detail = error instanceof Error ? error.stack : undefined;
  process.emitWarning(
    `A listener of nestjs-drain failed, so its counts may be wrong: ${String(error)}`,
    {
      type: 'nestjs-drain',
      ...(detail !== undefined && { detail }),
    },
  );
}
