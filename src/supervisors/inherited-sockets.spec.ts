import { describe, expect, it } from 'vitest';

import { InheritedSockets } from './inherited-sockets.js';

const pid = 42;
const own = { LISTEN_PID: '42', LISTEN_FDS: '1' };

describe('InheritedSockets', () => {
  it.each([
    ['none are passed', {}],
    ['an empty number', { ...own, LISTEN_FDS: '' }],
    ['0 are passed', { ...own, LISTEN_FDS: '0' }],
    ['they are for another process', { ...own, LISTEN_PID: '41' }],
    ['it is not said for whom', { LISTEN_FDS: '1' }],
    ['what is for another process is wrong', { LISTEN_PID: '41', LISTEN_FDS: 'a' }],
  ])('finds no sockets if %s', (_, env) => {
    expect(InheritedSockets.fromEnvironment(env, pid)).toBeUndefined();
  });

  it.each([
    ['LISTEN_FDS', 'a'],
    ['LISTEN_FDS', '-1'],
    ['LISTEN_FDS', '1.5'],
    ['LISTEN_FDS', '1e9'],
    ['LISTEN_FDS', '9999'],
    ['LISTEN_PID', '$$'],
    ['LISTEN_FDNAMES', 'http:metrics'],
  ])('refuses %s=%s', (name, value) => {
    const env = { ...own, [name]: value };
    expect(() => InheritedSockets.fromEnvironment(env, pid)).toThrow(
      expect.objectContaining({
        code: 'ERR_SUPERVISOR_INVALID_LISTEN_VARIABLE',
        message: expect.stringContaining(`${name}=${value}`) as string,
      }) as Error,
    );
  });

  it('removes its variables from the environment of children', () => {
    const env = { ...own, LISTEN_FDS: '0', LISTEN_FDNAMES: '', LISTEN_PIDFDID: '7', PORT: '3000' };
    InheritedSockets.fromEnvironment(env, pid);
    expect(env).toEqual({ PORT: '3000' });
  });
});
