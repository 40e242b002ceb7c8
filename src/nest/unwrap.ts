const PROBE = Symbol('nestjs-drain.probe');

/**
 * The application itself, from below the proxies that `NestFactory` returns. What is read through
 * them ends at the application again, so a method put there would call itself for ever.
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
