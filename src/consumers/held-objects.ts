import { type BuiltProviders, readable } from '../nest/built-provider.js';

/**
 * What Nest has built, and the objects in the fields of each, such as a client that a service has
 * made for itself. Reads fields only, so no getter runs. Call it after the signal only: before, the
 * module reads no property of the application's objects.
 *
 * @internal
 */
export function heldObjects(providers: BuiltProviders): object[] {
  const built = providers().map(({ instance }) => instance);
  return [...new Set(built.flatMap((instance) => [instance, ...fieldsOf(instance)]))];
}

function fieldsOf(instance: object): object[] {
  if (Array.isArray(instance) || ArrayBuffer.isView(instance)) return [];
  const fields = readable(() => Object.values(Object.getOwnPropertyDescriptors(instance))) ?? [];
  return fields
    .map(({ value }) => value as unknown)
    .filter((value) => typeof value === 'object' && value !== null);
}
