/**
 * An object that Nest has built. Reading one of its properties may run a getter of the application,
 * or meet a proxy that throws.
 *
 * @internal
 */
export interface BuiltProvider {
  readonly token: unknown;
  /** Its class; undefined if a factory or the application made it. */
  readonly type: BuiltType | undefined;
  readonly instance: object;
  /**
   * Whether it lives as long as the application. Otherwise each request has its own instance, and
   * Nest keeps an object in its place whose constructor was never called.
   */
  readonly isStatic: boolean;
}

/** @internal */
export interface BuiltType {
  readonly name: string;
  readonly prototype: object;
}

/** Read each time, because some are built late. @internal */
export type BuiltProviders = () => readonly BuiltProvider[];

/**
 * Whether the instances of a class have a method. Checks the class, so that no getter runs.
 *
 * @internal
 */
export function hasMethod({ prototype }: BuiltType, name: string): boolean {
  for (let owner: object | null = prototype; owner !== null; owner = parentOf(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return typeof property.value === 'function';
  }
  return false;
}

/**
 * The providers of a class of this name that has these methods: a package that is not imported here.
 *
 * @internal
 */
export function providersNamed(
  providers: BuiltProviders,
  name: string,
  ...methods: readonly string[]
): object[] {
  const named = providers().filter(
    ({ type }) => type?.name === name && methods.every((method) => hasMethod(type, method)),
  );
  return named.map(({ instance }) => instance);
}

/** The prototypes of the objects that Nest has built. @internal */
export function prototypesOf(providers: BuiltProviders): object[] {
  return providers().flatMap(({ type, instance }) => {
    const prototype = type?.prototype ?? readable(() => parentOf(instance));
    return prototype ? [prototype] : [];
  });
}

/** What a function reads from an object of the application; undefined if a getter or a proxy throws. @internal */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}

/**
 * Whether the class of an object, or a class that it extends, has this name. For the classes of
 * packages that are not imported here, and of which an application may have two copies.
 *
 * @internal
 */
export function isOfClass(instance: object, name: string): boolean {
  const isOne = readable(() => {
    for (let owner = parentOf(instance); owner !== null; owner = parentOf(owner)) {
      const type: unknown = Object.getOwnPropertyDescriptor(owner, 'constructor')?.value;
      if (typeof type === 'function' && type.name === name) return true;
    }
    return false;
  });
  return isOne === true;
}

/** The name of an object's class, if it has one. @internal */
export function classNameOf(instance: object): string | undefined {
  const name: unknown = readable(() => instance.constructor.name);
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : undefined;
}
