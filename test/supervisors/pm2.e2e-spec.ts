import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { fixture } from '../support/compiled.js';
import { findProgram, freePort } from '../support/server-process.js';
import { Load } from './load.js';
import { Pm2Daemon } from './pm2-daemon.js';

const timeoutMs = 60_000;
/** More than a slow machine needs to start, and more than the budget. */
const times = { listen_timeout: 15_000, kill_timeout: 7000 };

describe.skipIf(findProgram('pm2') === undefined)('under PM2,', { timeout: timeoutMs }, () => {
  let daemon: Pm2Daemon;
  let port = 0;

  beforeEach(async () => {
    daemon = new Pm2Daemon();
    port = await freePort();
  });

  afterEach(() => daemon.end(), timeoutMs);

  /** Resolves when PM2 takes it for online. */
  async function start(settings: object, options: object = {}): Promise<void> {
    const app = {
      name: 'orders',
      script: fixture('supervised'),
      env: {
        FIXTURE: JSON.stringify({
          options: { drainTimeoutMs: 5000, closeTimeoutMs: 1000, ...options },
        }),
        FIXTURE_PORT: String(port),
      },
      ...settings,
    };
    const file = join(daemon.home, 'ecosystem.json');
    writeFileSync(file, JSON.stringify({ apps: [app] }));
    await daemon.run(['start', file]);
  }

  function log(): string {
    return daemon.log('orders');
  }

  async function logged(pattern: RegExp): Promise<void> {
    for (const end = Date.now() + 10_000; !pattern.test(log()); await sleep(50)) {
      if (Date.now() > end) throw new Error(`no ${pattern} in time. Log:\n${log()}`);
    }
  }

  it('a cluster reload under load loses no request', async () => {
    await start({ exec_mode: 'cluster', instances: 2, wait_ready: true, ...times });
    const load = new Load(port, { fresh: 10, kept: 5 });
    for (let reload = 0; reload < 2; reload++) {
      await load.more(100);
      await daemon.run(['reload', 'orders']);
    }
    await load.more(100);
    const { failures } = await load.end();

    expect(failures).toEqual([]);
    expect(log().match(/successfully started/g)).toHaveLength(6);
    expect(log().match(/SIGINT received, stopping/g)).toHaveLength(4);
    expect(log()).not.toMatch(/WARN|ERROR/);
  });

  it('wait_ready waits until the application listens, and a reload answers requests in flight', async () => {
    await start({ wait_ready: true, ...times }, { gracePeriodMs: 300 });
    const slow = request(port, '/?ms=1500', { agent: false });
    await logged(/long request/);
    const reloaded = daemon.run(['reload', 'orders']);
    expect((await slow).status).toBe(200);
    await reloaded;
    expect((await request(port, '/', { agent: false })).body).not.toBe((await slow).body);
    // No Ctrl-C, though it is SIGINT: the balancer is given its time.
    expect(log()).toMatch(/SIGINT received, stopping[^]*Closed in .*\(grace 0\.3 s/);
    expect(log()).not.toMatch(/WARN|ERROR/);
  });

  it('the message "shutdown" acts like a signal', async () => {
    await start({ shutdown_with_message: true, ...times });
    await logged(/listening on/);
    const slow = request(port, '/?ms=1000', { agent: false });
    await logged(/long request/);
    await Promise.all([slow, daemon.run(['stop', 'orders'])]);
    expect((await slow).status).toBe(200);
    await logged(/SIGINT received, stopping[^]*Closed in /);
    expect(log()).not.toMatch(/WARN|ERROR/);
  });

  it('a kill_timeout below the budget is named at the start', async () => {
    await start({ wait_ready: true });
    await logged(/PM2 kills/);
    expect(log()).toMatch(/process 1600 ms .* may take 6000 ms: set kill_timeout to 7000 /);
  });
});
