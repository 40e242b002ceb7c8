import { describe, expect, it } from 'vitest';

import { GracefulShutdownError } from './graceful-shutdown.error.js';

const BRAND = Symbol.for('nestjs-drain.error');

class RestartError extends GracefulShutdownError {}

/** What a second installed copy of the package would throw. */
class OtherCopyError extends Error {
  constructor() {
    super('thrown by another copy');
    Object.defineProperty(this, BRAND, { value: true });
  }
}

const ours = new GracefulShutdownError('ERR_SHUTDOWN_TEST', 'it broke: mend it');
const special = new RestartError('ERR_SHUTDOWN_RESTART', 'no restart');

describe('GracefulShutdownError', () => {
  it.each([
    { what: 'an error of its own', value: ours, expected: true },
    { what: 'an error of a subclass', value: special, expected: true },
    { what: 'an error of another copy', value: new OtherCopyError(), expected: true },
    { what: 'any other error', value: new Error('it broke'), expected: false },
    { what: 'a look-alike', value: { code: 'ERR_SHUTDOWN_TEST', message: '' }, expected: false },
    { what: 'nothing', value: null, expected: false },
    { what: 'a string', value: 'ERR_SHUTDOWN_TEST', expected: false },
  ])('recognises $what: $expected', ({ value, expected }) => {
    expect(value instanceof GracefulShutdownError).toBe(expected);
  });

  it.each([
    { what: 'its own', value: special, expected: true },
    { what: 'one of its base class', value: ours, expected: false },
    { what: 'one of another copy', value: new OtherCopyError(), expected: false },
  ])('a subclass recognises $what: $expected', ({ value, expected }) => {
    expect(value instanceof RestartError).toBe(expected);
  });

  it('has a code, a message and a cause', () => {
    const cause = new Error('the cause');
    const error = new GracefulShutdownError('ERR_SHUTDOWN_TEST', 'it broke: mend it', { cause });
    expect(error).toMatchObject({
      name: 'GracefulShutdownError',
      code: 'ERR_SHUTDOWN_TEST',
      message: 'it broke: mend it',
      cause,
    });
  });

  it('does not print its mark', () => {
    expect(Object.prototype.propertyIsEnumerable.call(ours, BRAND)).toBe(false);
  });
});
