import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { attempt, isAnswer, keepAliveAgent, request } from '../support/http-client.js';
import { fixture } from '../support/compiled.js';
import { endProcesses, LoggedProcess } from '../support/logged-process.js';
import { freePort } from '../support/server-process.js';
import { Load } from './load.js';

afterEach(endProcesses);

const policies = ['rr', 'none'] as const;

async function start(
  policy: (typeof policies)[number],
  env: NodeJS.ProcessEnv = {},
): Promise<{ primary: LoggedProcess; port: number; pids: number[] }> {
  const port = await freePort();
  const primary = new LoggedProcess([process.execPath, fixture('cluster')], {
    env: { FIXTURE_PORT: String(port), POLICY: policy, ...env },
  });
  const [, pids] = await primary.logged(/primary ready: (.*)/);
  return { primary, port, pids: pids!.split(' ').map(Number) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  for (const end = Date.now() + 10_000; isAlive(pid); await sleep(20)) {
    if (Date.now() > end) throw new Error(`${pid} is still there`);
  }
}

describe.each(policies)('workers of a foreign node:cluster, SCHED_%s,', (policy) => {
  it.each([
    ['signal', false],
    ['disconnect', true],
  ] as const)(
    'lose no request when replaced under load by %s (voluntary: %s)',
    async (retire, isWanted) => {
      const { primary, port } = await start(policy, { RETIRE: retire });
      const load = new Load(port, { fresh: 10, kept: 5 });
      await load.more(200);
      primary.child.kill('SIGUSR2');
      await primary.logged(/replaced/);
      await load.more(200);
      const { failures, pids } = await load.end();

      expect(failures).toEqual([]);
      expect(pids.size).toBe(4);
      const end = new RegExp(`gone: \\d+ 0 ${isWanted}`, 'g');
      expect(primary.log.match(end)).toHaveLength(2);
      expect(primary.log).not.toMatch(/kept alive|ERROR/);
    },
    60_000,
  );

  it('answer requests in flight and leave when the primary dies', async () => {
    const { primary, port, pids } = await start(policy);
    const requests = [1, 2, 3, 4].map(() => request(port, '/?ms=1000', { agent: false }));
    await primary.logged(/(long request[^]*){4}/);
    primary.child.kill('SIGKILL');
    for (const { status } of await Promise.all(requests)) expect(status).toBe(200);
    await Promise.all(pids.map(gone));
    expect(primary.log.match(/the primary of the cluster is gone\), stopping/g)).toHaveLength(2);
    expect(primary.log.match(/Closed in .*/g)).toHaveLength(2);
  });
});

it('a kept connection outlives worker.disconnect() for its next request', async () => {
  const options = { options: { idleLingerMs: 2000 } };
  const { primary, port, pids } = await start('rr', {
    RETIRE: 'disconnect',
    FIXTURE: JSON.stringify(options),
  });
  const agents = pids.map(() => keepAliveAgent());
  const ask = () => Promise.all(agents.map((agent) => attempt(port, '/', { agent })));
  expect((await ask()).every(isAnswer)).toBe(true);
  primary.child.kill('SIGUSR2');
  await primary.logged(/stopping/);
  await sleep(300);
  expect(await ask()).toMatchObject([{ status: 200 }, { status: 200 }]);
  await primary.logged(/replaced/);
});
