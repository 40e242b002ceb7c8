import { describe, expect, it } from 'vitest';

import { WORKER_VARIABLE } from '../protocol.js';
import { type ProcessFacts, takeWorkerSettings } from './worker-settings.js';

const PRIMARY = 100;
const ALIVE = new Set([PRIMARY]);

function facts(json: string | undefined, more: Partial<ProcessFacts> = {}): ProcessFacts {
  return {
    env: json === undefined ? {} : { [WORKER_VARIABLE]: json },
    ppid: PRIMARY,
    send: () => true,
    kill: (pid) => {
      if (!ALIVE.has(pid)) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
    },
    ...more,
  };
}

function forbidden(): never {
  throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
}

const json = JSON.stringify({ primaryPid: PRIMARY, readyPath: '/ready' });

describe('takeWorkerSettings', () => {
  it('returns the settings that the primary gave its child', () => {
    expect(takeWorkerSettings(facts(json))).toEqual({ primaryPid: PRIMARY, readyPath: '/ready' });
  });

  it("removes the variable from the environment of the worker's children", () => {
    const told = facts(json);
    takeWorkerSettings(told);
    expect(told.env).toEqual({});
    expect(takeWorkerSettings(told)).toBeUndefined();
  });

  it.each([
    ['there is no variable', facts(undefined)],
    ['the variable is not JSON', facts('yes')],
    ['the variable is null', facts('null')],
    ['the variable names no primary', facts('{}')],
    ['there is no channel', facts(json, { send: undefined })],
    ['its parent is another child of the primary', facts(json, { ppid: 101 })],
  ])('returns undefined if %s', (_, process) => {
    expect(takeWorkerSettings(process)).toBeUndefined();
  });

  it('still recognises a worker whose primary has died', () => {
    const orphan = JSON.stringify({ primaryPid: 99 });
    expect(takeWorkerSettings(facts(orphan, { ppid: 1 }))).toEqual({ primaryPid: 99 });
  });

  it('returns undefined if another process is the parent while the primary, of another user, is alive', () => {
    expect(takeWorkerSettings(facts(json, { ppid: 1, kill: forbidden }))).toBeUndefined();
  });
});
