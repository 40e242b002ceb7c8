import { describe, expect, it } from 'vitest';

import { handlerName, nameHandlers } from './handler-name.js';

class OrdersController {
  get total(): number {
    return 1;
  }

  create(): string {
    return 'created';
  }
}

/** A function with this name, as a router holds it. */
function named(name: string): () => void {
  return Object.defineProperty(() => {}, 'name', { value: name });
}

describe('handlerName', () => {
  it('returns the name that Nest stored with the handler of a controller', () => {
    nameHandlers(OrdersController);
    expect(handlerName(Reflect.get(OrdersController.prototype, 'create'))).toBe(
      'OrdersController.create',
    );
    expect(handlerName(OrdersController)).toBeUndefined();
  });

  it.each([
    { what: 'a function that Nest named', handler: named('OrdersController.list'), name: true },
    { what: 'one that was bound', handler: named('OrdersController.list').bind({}), name: true },
    { what: 'a function of its own name', handler: named('list'), name: false },
    { what: 'no function', handler: { name: 'OrdersController.list' }, name: false },
    { what: 'nothing', handler: undefined, name: false },
  ])('returns the name of $what: $name', ({ handler, name }) => {
    expect(handlerName(handler)).toBe(name ? 'OrdersController.list' : undefined);
  });
});
