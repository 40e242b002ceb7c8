type Method = (...args: any[]) => any;

/** Makes a method in place of another one, which is bound to its object. @internal */
export type MakeMethod = (original: Method) => Method;

/**
 * Puts a method on an object, before the one it inherits. It is defined, not assigned, because the
 * proxy of `NestFactory` swallows assignments.
 *
 * @returns a function that puts the old method back; undefined if there is no such method
 * @internal
 */
export function replaceMethod(
  target: object,
  name: string,
  make: MakeMethod,
): (() => void) | undefined {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') return undefined;
  const own = Object.getOwnPropertyDescriptor(target, name);
  const value = make((original as Method).bind(target));
  const replaced = Reflect.defineProperty(target, name, {
    value,
    configurable: true,
    writable: true,
  });
  if (!replaced) return undefined;
  return () => {
    if (Reflect.get(target, name) !== value) return;
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, own);
  };
}

/**
 * The methods that one object has replaced on others, to be restored together.
 *
 * @internal
 */
export class ReplacedMethods {
  readonly #restores: (() => void)[] = [];

  /** Does nothing if there is no such method. */
  replace(...replacement: Parameters<typeof replaceMethod>): void {
    const restore = replaceMethod(...replacement);
    if (restore !== undefined) this.#restores.push(restore);
  }

  restore(): void {
    for (const restore of this.#restores.splice(0)) restore();
  }
}
