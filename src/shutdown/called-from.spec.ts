import { afterEach, describe, expect, it, vi } from 'vitest';

import { isCalledFromWork } from './called-from.js';

class OrdersController {
  async close(): Promise<boolean> {
    await Promise.resolve();
    return isCalledFromWork(['OrdersController']);
  }
}

class Nest {
  async callDestroyHook(): Promise<boolean> {
    await Promise.resolve();
    return isCalledFromWork([]);
  }
}

async function main(): Promise<boolean> {
  await Promise.resolve();
  return isCalledFromWork(['OrdersController']);
}

describe('a caller that the shutdown waits for', () => {
  it('is the handler of a controller', async () => {
    expect(await new OrdersController().close()).toBe(true);
  });

  it('is a hook that Nest runs', async () => {
    expect(await new Nest().callDestroyHook()).toBe(true);
  });

  it('is not main.ts', async () => {
    expect(await main()).toBe(false);
  });
});

describe('the look at the callers', () => {
  const before = settings();
  afterEach(() => void Object.assign(Error, before));

  it('reads no source map, and leaves the settings of stack traces as they were', () => {
    const withMaps = vi.fn<() => string>(() => 'a text with the positions in the sources');
    Object.assign(Error, { prepareStackTrace: withMaps, stackTraceLimit: 3 });
    isCalledFromWork([]);
    expect(withMaps).not.toHaveBeenCalled();
    expect(settings()).toEqual({ prepareStackTrace: withMaps, stackTraceLimit: 3 });
  });
});

function settings(): object {
  return {
    prepareStackTrace: Reflect.get(Error, 'prepareStackTrace') as unknown,
    stackTraceLimit: Error.stackTraceLimit,
  };
}
