import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lastValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { Flow } from '../microservices/flow.js';
import { link } from '../microservices/transports.js';
import { request } from '../support/http-client.js';
import { RestartLoad, type Target } from '../support/restart-load.js';
import { endCommands, isAlive, RunningCommand } from '../support/running-command.js';
import { freePort } from '../support/server-process.js';

/** Reloads under load on all of the targets; resolves with what failed, and the last versions. */
async function reloadUnder(service: RunningCommand, targets: readonly Target[]) {
  const loads = targets.map((target) => new RestartLoad(target, { clients: 8 }));
  await Promise.all(loads.map((load) => load.more(30)));
  service.deploy({});
  const { code } = await service.reload();
  await Promise.all(loads.map((load) => load.more(30)));
  const summaries = await Promise.all(loads.map((load) => load.stop()));
  return {
    code,
    failed: summaries.flatMap(({ failed }) => failed),
    versions: summaries.map(({ versions }) => Object.keys(versions)),
  };
}

describe('every kind of traffic survives a reload:', () => {
  let folder = '';
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'))));
  afterEach(endCommands);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['several ports and a Unix socket of one process', false],
    ['the same of servers that are made by hand', true],
  ])('%s', async (_, byHand) => {
    const [first, second] = [await freePort(), await freePort()];
    const socketPath = join(folder, `several ${byHand}`);
    const service = await RunningCommand.start({
      workers: 2,
      release: { listen: [first, second, socketPath], byHand },
    });
    const targets = [{ port: first }, { port: second }, { socketPath }];

    expect(await reloadUnder(service, targets)).toEqual({
      code: 0,
      failed: [],
      versions: targets.map(() => ['v1', 'v2']),
    });
    expect(await service.exitedAfter('SIGTERM')).toMatchObject({ code: 0 });
    expect(existsSync(socketPath)).toBe(false);
  });

  it.each(['express', 'fastify'] as const)('HTTPS on %s', async (adapter) => {
    const service = await RunningCommand.start({ release: { https: true, adapter } });
    const targets = [{ port: service.port, tls: true }];

    const seen = await reloadUnder(service, targets);
    expect(seen).toEqual({ code: 0, failed: [], versions: [['v1', 'v2']] });
  });

  it('a Unix socket whose file a killed primary has left is bound again', async () => {
    const socketPath = join(folder, 'stale');
    const options = { release: { listen: [socketPath] } };
    const killed = await RunningCommand.start(options);
    const workers = await killed.pids();
    killed.signal('SIGKILL');
    await killed.until('end of the worker', () => !workers.some(isAlive));
    expect(existsSync(socketPath)).toBe(true);

    await RunningCommand.start(options);
    expect((await request(0, '/version', { socketPath, agent: false })).status).toBe(200);
  });

  it('a Unix socket of another running service is not taken over', async () => {
    const socketPath = join(folder, 'taken');
    const options = { release: { listen: [socketPath] } };
    const service = await RunningCommand.start(options);
    const late = await RunningCommand.begin(options);

    expect((await late.exited).code).toBeGreaterThan(0);
    expect(late.log).toContain('EADDRINUSE');
    const { body } = await request(0, '/version', { socketPath, agent: false });
    expect(JSON.parse(body)).toMatchObject({ pid: (await service.pids())[0] });
  });

  it('TCP and gRPC microservices', async () => {
    const links = await Promise.all([link('tcp'), link('grpc')]);
    const service = await RunningCommand.start({
      release: { servers: links.map(({ server }) => server), options: { idleLingerMs: 100 } },
    });
    const clients = await Promise.all(links.map((each) => each.connect()));
    const methods = ['work', 'Work'];
    // TCP has no word for leaving: its connections are ended in a pause of their clients.
    const everyMs = [400, 20];
    const flows = clients.map(
      (client, i) => new Flow((id) => client.send(methods[i]!, { id, ms: 5 }), everyMs[i]!),
    );
    await service.until('answers', () => flows.every(({ answered }) => answered.length > 3));
    service.deploy({});
    expect(await service.reload()).toMatchObject({ code: 0 });
    const old = (await service.status()).workers.find(({ phase }) => phase === 'leaving');
    await service.until('end of the old worker', () => old === undefined || !isAlive(old.pid));
    await Promise.all(flows.map((flow) => flow.stop()));
    const last = await lastValueFrom(clients[0]!.send('work', { id: 0 }));
    await Promise.all(clients.map((client) => client.close()));

    expect(last).toEqual({ id: 0 });
    expect(flows.map(({ failed }) => failed)).toEqual([[], []]);
    expect(flows.map(({ sent, answered }) => sent - answered.length)).toEqual([0, 0]);
  });
});
