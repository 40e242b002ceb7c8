import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { endCommands, RunningCommand } from '../support/running-command.js';
import { times } from '../support/runs.js';

afterEach(endCommands);

const WORKERS = 4;
/** One worker after the other starts, and is tried. */
const RELOAD_MS = 60_000;

/** @returns whether a reload went well, and how many workers were ready, as often as one can ask */
async function reload(service: RunningCommand): Promise<{ outcome: unknown; ready: number[] }> {
  const { generation } = await service.status();
  const ready: number[] = [];
  service.deploy({});
  service.signal('SIGHUP');
  for (const end = Date.now() + RELOAD_MS; ; await sleep(20)) {
    const { workers, ...status } = await service.status();
    ready.push(workers.filter(({ phase }) => phase === 'ready').length);
    if (status.generation > generation && !status.isReloading) {
      return { outcome: status.lastReload?.outcome, ready };
    }
    if (Date.now() > end) throw new Error(`no reload in time. Log:\n${service.log}`);
  }
}

it('row 28: repeated reloads of four workers under load fail no request, and there are never fewer workers', async () => {
  const reloads = times(1, 10);
  const requests = times(500, 50_000);
  const service = await RunningCommand.start({ workers: WORKERS });
  const load = service.load({ clients: 16, pauseMs: times(20, 0) });
  const ready: number[] = [];
  for (let i = 0; i < reloads; i++) {
    await load.more(requests / reloads / 2);
    const reloaded = await reload(service);
    expect(reloaded.outcome).toBe('completed');
    ready.push(...reloaded.ready);
    await load.more(requests / reloads / 2);
  }
  const { failed, requests: sent, versions } = await load.stop();

  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(requests);
  expect(Object.keys(versions)).toHaveLength(reloads + 1);
  expect(Math.min(...ready)).toBe(WORKERS);
  expect((await service.exitedAfter('SIGTERM')).code).toBe(0);
}, 120_000);

it('row 29: a release that never becomes ready is given up in time, and the old one keeps serving', async () => {
  const readyTimeoutMs = 6000;
  const service = await RunningCommand.start({ args: ['--ready-timeout', `${readyTimeoutMs}`] });
  const load = service.load({ clients: 4 });
  await load.more(20);
  service.deploy({ version: 'bad', fault: 'never-ready' });
  const begunAt = performance.now();
  const { code, output } = await service.reload();
  const tookMs = performance.now() - begunAt;
  await load.more(20);
  const { failed, versions } = await load.stop();

  expect(code).toBe(1);
  expect(output).toContain(`not ready within ${readyTimeoutMs} ms`);
  expect(tookMs).toBeLessThan(readyTimeoutMs + 1000 + SOON_MS);
  expect(failed).toEqual([]);
  expect(Object.keys(versions)).toEqual(['v1']);
}, 60_000);
