const PROBE = Symbol('nestjs-drain.probe');

/**
 * The application itself, from below the proxies that `NestFactory` returns. Methods read through
 * the proxies lead back to the application, so a replaced method would call itself forever.
 *
 * @internal
 */
export function unwrap<T extends object>(application: T): T {
  const seen: T[] = [];
  const probe = function (this: T): void {
    seen.push(this);
  };
  Object.defineProperty(application, PROBE, { value: probe, configurable: true });
  (application as T & { [PROBE](): void })[PROBE]();
  const [inner = application] = seen;
  Reflect.deleteProperty(inner, PROBE);
  return inner;
}
