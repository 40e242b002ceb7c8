import type { BuiltProviders } from '../nest/built-provider.js';

/**
 * What Nest has built, and what that holds in fields of its own, such as a client that a service
 * has made for itself. Reads fields only, so no getter runs. For the time after the signal: before,
 * what the application holds is none of our business.
 *
 * @internal
 */
export function heldObjects(providers: BuiltProviders): object[] {
  const built = providers().map(({ instance }) => instance);
  return [...new Set(built.flatMap((instance) => [instance, ...fieldsOf(instance)]))];
}

/** Whether an object is of the class of that name, or of one that extends it. @internal */
export function isOfClass(instance: object, name: string): boolean {
  try {
    for (let owner = parentOf(instance); owner !== null; owner = parentOf(owner)) {
      const made: unknown = Object.getOwnPropertyDescriptor(owner, 'constructor')?.value;
      if (typeof made === 'function' && made.name === name) return true;
    }
  } catch {
    // A proxy may throw.
  }
  return false;
}

function fieldsOf(instance: object): object[] {
  if (Array.isArray(instance) || ArrayBuffer.isView(instance)) return [];
  try {
    return Object.values(Object.getOwnPropertyDescriptors(instance))
      .map(({ value }) => value as unknown)
      .filter((value) => typeof value === 'object' && value !== null);
  } catch {
    return [];
  }
}

function parentOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}
