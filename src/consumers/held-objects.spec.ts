import { describe, expect, it } from 'vitest';

import { type BuiltProviders, isOfClass } from '../nest/built-provider.js';
import { heldObjects } from './held-objects.js';

class QueueEvents {}
class OwnEvents extends QueueEvents {}

function providersOf(...instances: object[]): BuiltProviders {
  return () =>
    instances.map((instance) => ({ token: 'any', type: undefined, instance, isStatic: true }));
}

describe('heldObjects', () => {
  it('finds what Nest has built and what is in its fields, each once', () => {
    const events = new OwnEvents();
    const service = { events, name: 'orders', none: null };
    expect(heldObjects(providersOf(service, events))).toEqual([service, events]);
  });

  it('runs no getter, and survives a proxy that throws', () => {
    const getter = {
      get events(): never {
        throw new Error('outside of a request');
      },
    };
    const proxy = new Proxy({}, { ownKeys: () => fail(), getPrototypeOf: () => fail() });
    expect(heldObjects(providersOf(getter, proxy))).toHaveLength(2);
    expect(isOfClass(proxy, 'QueueEvents')).toBe(false);
  });

  it('recognises the class of an object, and those that it extends, by name', () => {
    expect(isOfClass(new OwnEvents(), 'QueueEvents')).toBe(true);
    expect(isOfClass({ name: 'QueueEvents' }, 'QueueEvents')).toBe(false);
  });
});

function fail(): never {
  throw new Error('no properties');
}
