import { describe, expect, it } from 'vitest';

import { replaceMethod } from './replace-method.js';

class Base {
  constructor(private readonly name: string) {}

  greet(greeting: string): string {
    return `${greeting}, ${this.name}`;
  }
}

const own = () => 'own';
const theirs = () => 'theirs';

/** Calls the replaced method and says so. */
const louder = (original: (...args: any[]) => string) => (greeting: string) =>
  `${original(greeting)}!`;

describe('replaceMethod', () => {
  it('replaces an inherited method, which is still called on its object', () => {
    const ada = new Base('Ada');
    replaceMethod(ada, 'greet', louder);
    expect(ada.greet('Hello')).toBe('Hello, Ada!');
    expect(new Base('Bob').greet('Hello')).toBe('Hello, Bob');
  });

  it('leaves nothing behind when it is undone', () => {
    const ada = new Base('Ada');
    replaceMethod(ada, 'greet', louder)?.();
    expect(Object.hasOwn(ada, 'greet')).toBe(false);
    expect(ada.greet('Hello')).toBe('Hello, Ada');
  });

  it('restores an own method of the object', () => {
    const ada = Object.assign(new Base('Ada'), { greet: own });
    const before = Object.getOwnPropertyDescriptor(ada, 'greet');
    const restore = replaceMethod(ada, 'greet', louder);
    expect(ada.greet()).toBe('own!');
    restore?.();
    expect(Object.getOwnPropertyDescriptor(ada, 'greet')).toEqual(before);
  });

  it('does not undo what other code has replaced since', () => {
    const ada = new Base('Ada');
    const restore = replaceMethod(ada, 'greet', louder);
    ada.greet = theirs;
    restore?.();
    expect(ada.greet('Hello')).toBe('theirs');
  });

  it.each([
    { what: 'no such method', target: {} },
    { what: 'no method but a value', target: { greet: 'Hello' } },
    { what: 'an object that cannot be changed', target: Object.freeze({ greet: () => 'own' }) },
  ])('changes nothing if there is $what', ({ target }) => {
    const before = Reflect.get(target, 'greet') as unknown;
    expect(replaceMethod(target, 'greet', louder)).toBeUndefined();
    expect(Reflect.get(target, 'greet')).toBe(before);
  });

  it('works through a proxy that swallows assignments, such as that of NestFactory', () => {
    const ada = new Proxy(new Base('Ada'), { set: () => true });
    replaceMethod(ada, 'greet', louder);
    expect(ada.greet('Hello')).toBe('Hello, Ada!');
  });
});
