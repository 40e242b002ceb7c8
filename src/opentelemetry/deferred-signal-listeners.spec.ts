import { EventEmitter } from 'node:events';

import { beforeEach, describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../report/shutdown-report.js';
import { DeferredSignalListeners } from './deferred-signal-listeners.js';
import type { DeferredListeners } from './graceful-shutdown-telemetry.options.js';

class Target extends EventEmitter {
  exitCode: number | undefined;
}

const own = () => {};
const turn = () => new Promise((resolve) => setImmediate(resolve));

function ended(signal: string | undefined, exitCode?: number): ShutdownReport {
  return { trigger: { kind: 'signal', signal }, exitCode } as ShutdownReport;
}

describe('DeferredSignalListeners', () => {
  let target: Target;
  const calls: string[] = [];
  const sdk = { shutdown: (): unknown => calls.push('sdk') };
  const logger = () => void calls.push('logger');

  function deferred(kind: DeferredListeners): DeferredSignalListeners {
    const foreign = (signal: string) => target.listeners(signal).filter((one) => one !== own);
    const shutdown = { foreignListeners: foreign };
    const listeners = new DeferredSignalListeners(kind, ['SIGTERM'], shutdown, target as never);
    listeners.take();
    return listeners;
  }

  beforeEach(() => {
    calls.length = 0;
    target = new Target();
    target.on('SIGTERM', own);
    target.on('SIGTERM', logger);
    target.once('SIGTERM', () => sdk.shutdown());
    target.on('SIGINT', () => sdk.shutdown());
  });

  it('removes listeners that shut telemetry down, and no others', () => {
    deferred('telemetry');
    expect(target.listeners('SIGTERM')).toEqual([own, logger]);
    expect(target.listenerCount('SIGINT')).toBe(1);
  });

  it.each([
    ['an asynchronous one', async () => void (await sdk.shutdown())],
    [
      'one over several lines',
      () => {
        sdk
          // and so on
          .shutdown();
      },
    ],
  ])('recognises %s', (_, listener) => {
    target.removeAllListeners('SIGTERM').on('SIGTERM', listener);
    deferred('telemetry');
    expect(target.listenerCount('SIGTERM')).toBe(0);
  });

  it('does not mistake another shutdown for one of telemetry', () => {
    const service = sdk;
    target.removeAllListeners('SIGTERM').on('SIGTERM', () => service.shutdown());
    deferred('telemetry');
    expect(target.listenerCount('SIGTERM')).toBe(1);
  });

  it('removes all listeners but its own, if asked to', () => {
    deferred('all');
    expect(target.listeners('SIGTERM')).toEqual([own]);
  });

  it('removes no listeners, if asked to', () => {
    deferred('none');
    expect(target.listenerCount('SIGTERM')).toBe(3);
  });

  it('calls them after the shutdown, and keeps the exit code', async () => {
    deferred('all').call(ended('SIGTERM', 1));
    expect(calls).toEqual([]);
    await turn();
    expect(calls).toEqual(['logger', 'sdk']);
    target.exitCode = 0;
    target.emit('exit');
    expect(target.exitCode).toBe(1);
  });

  it.each([
    ['another signal', ended('SIGINT', 0)],
    ['no signal', ended(undefined, 0)],
    ['a process that lives on', ended('SIGTERM')],
  ])('calls none after %s', async (_, report) => {
    deferred('all').call(report);
    await turn();
    expect(calls).toEqual([]);
  });

  it('restores them as they were', () => {
    deferred('all').putBack();
    target.emit('SIGTERM');
    target.emit('SIGTERM');
    expect(calls).toEqual(['logger', 'sdk', 'logger']);
  });
});
