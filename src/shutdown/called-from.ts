/** More frames than any chain of callers has. */
const FRAMES = 200;

/** The functions with which Nest runs hooks, and which run handlers and tracked work. */
const HOOKS = /\bcall(?:Init|Bootstrap|Destroy|BeforeShutdown|Shutdown)Hook\b/;
const HANDLERS =
  /@nestjs[\\/](?:core[\\/](?:router|guards|interceptors|pipes|middleware|helpers[\\/]external)|microservices|websockets|graphql|schedule|bullmq|event-emitter|cqrs)[\\/]|\bWorkTracker\.track\b/;

/**
 * Whether the caller is something that the shutdown waits for: a hook, a handler, tracked work.
 * Such a caller must not wait for the shutdown. V8's async stack traces show who awaits the current
 * function, at no cost until asked. An rxjs interceptor breaks the chain, so the handlers of
 * controllers are looked for by name, too.
 *
 * @param handlerClasses - the names of the classes whose methods are handlers
 * @internal
 */
export function isCalledFromWork(handlerClasses: Iterable<string>): boolean {
  const stack = callers();
  if (HOOKS.test(stack) || HANDLERS.test(stack)) return true;
  return [...handlerClasses].some((name) => stack.includes(` ${name}.`));
}

/** Of V8; its text names the function, as a line of a stack trace does. */
interface Frame {
  toString(): string;
}

function callers(): string {
  const before = {
    stackTraceLimit: Error.stackTraceLimit,
    prepareStackTrace: Reflect.get(Error, 'prepareStackTrace') as unknown,
  };
  Object.assign(Error, { stackTraceLimit: FRAMES, prepareStackTrace: linesOf });
  const { stack } = new Error('where');
  Object.assign(Error, before);
  return String(stack);
}

/** Replaces the usual text, for which the source map of every file in it may be read. */
function linesOf(_: Error, frames: readonly Frame[]): string {
  return ` ${frames.join('\n ')}`;
}
