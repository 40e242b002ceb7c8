import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../../src/index.js';
import type { FixtureConfig } from '../fixtures/config.js';
import { LATE_MS } from '../support/bounds.js';
import { attempt, keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { Http2Client } from '../support/http2-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { WebSocketClient } from '../support/web-socket-client.js';

const folder = mkdtempSync(join(tmpdir(), 'reports-'));
let files = 0;

afterEach(endAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newFile(): string {
  files += 1;
  return join(folder, `report-${files}.json`);
}

function read(file: string): ShutdownReport {
  return JSON.parse(readFileSync(file, 'utf8')) as ShutdownReport;
}

interface Setting extends Omit<FixtureConfig, 'options'> {
  readonly options?: FixtureConfig['options'];
}

/** An application that writes its report to a file of its own. */
async function startReporting(
  { options, ...setting }: Setting = {},
  env?: NodeJS.ProcessEnv,
): Promise<{ app: RunningApplication; file: string }> {
  const reportFile = options?.reportFile ?? newFile();
  const app = await start({ ...setting, options: { ...options, reportFile } }, env);
  return { app, file: reportFile };
}

/** Ends it by SIGTERM. @returns its report */
async function leave(app: RunningApplication, file: string): Promise<ShutdownReport> {
  app.signal('SIGTERM');
  await app.exited;
  return read(file);
}

describe.each(['express', 'fastify'] as const)('a rolling stop on %s', (adapter) => {
  it('is reported faithfully', async () => {
    const { app, file } = await startReporting({ adapter, options: { gracePeriodMs: 1000 } });
    const agent = keepAliveAgent();
    await request(app.port, '/hello', { agent });
    const underWay = request(app.port, '/slow?ms=1500');
    await app.event('handler');
    const begin = app.signal('SIGTERM');
    await app.event('grace');
    // Each on a connection of its own.
    const agentless = { agent: false } as const;
    await request(app.port, '/hello', agentless);
    await request(app.port, '/health/ready', agentless);
    const headers = { 'user-agent': 'kube-probe/1.33' };
    await request(app.port, '/hello', { ...agentless, headers });
    await request(app.port, '/echo', { ...agentless, body: '{"text":"body"}' });
    await underWay;
    const { code, at } = await app.exited;
    const report = read(file);

    expect(code).toBe(0);
    expect(report).toMatchObject({
      version: 2,
      pid: app.pid,
      trigger: { kind: 'signal', signal: 'SIGTERM' },
      result: 'clean',
      exitCode: 0,
      budget: {
        gracePeriodMs: 1000,
        drainTimeoutMs: 20_000,
        closeTimeoutMs: 4000,
        totalMs: 25_000,
      },
      requests: { atStart: 1, received: 4, late: 0, completed: 5, aborted: 0, cut: 0 },
      newConnections: { count: 2, late: 0 },
      probes: { answered: 2, failing: 1 },
      failures: [],
      heldBy: [],
    });
    expect(Math.abs(Date.parse(report.startedAt) - begin)).toBeLessThan(LATE_MS);
    expect(report.totalMs).toBeGreaterThan(1000);
    expect(report.totalMs).toBeLessThan(at - begin + LATE_MS);
    agent.destroy();
  });

  it('is reported with states, requests, connections and hooks', async () => {
    const { app, file } = await startReporting({ adapter, options: { gracePeriodMs: 500 } });
    const idle = keepAliveAgent();
    await request(app.port, '/hello', { agent: idle });
    const underWay = request(app.port, '/slow?ms=1000');
    await app.event('handler');
    const report = await leave(app, file);
    await underWay;

    expect(report.states.map(({ state, endedBy }) => `${state} ${endedBy}`)).toEqual([
      'grace elapsed',
      'draining done',
      'closing done',
    ]);
    const [grace, draining, closing] = report.states;
    expect(draining!.atMs).toBeCloseTo(grace!.atMs + grace!.ms, 0);
    expect(closing!.atMs + closing!.ms).toBeCloseTo(report.totalMs, -1);
    const [slowest] = report.requests.slowest;
    expect(slowest).toMatchObject({ label: 'GET PlainController.slow', outcome: 'completed' });
    // Nobody knows since when it was in flight.
    expect(slowest).toMatchObject({ atMs: 0, isOlder: true });
    expect(slowest!.ms).toBeGreaterThan(500);
    expect(report.connections).toMatchObject({
      atStart: 2,
      closedBy: { announced: 1, idle: 1 },
      left: 0,
    });
    const hooks = report.hooks.map(({ name, outcome }) => `${name} ${outcome}`);
    expect(hooks).toContain('Database.onModuleDestroy completed');
    expect(hooks.indexOf('Database.onModuleDestroy completed')).toBeLessThan(
      hooks.indexOf('Database.onApplicationShutdown completed'),
    );
    expect(report.participants).toContainEqual(
      expect.objectContaining({ name: 'http', atStart: 1, summary: '1 request answered' }),
    );
    expect(report.samples.at(0)).toMatchObject({ inFlight: 1, connections: 2 });
    expect(report.samples.length).toBeLessThanOrEqual(64);
    idle.destroy();
  });
});

it('a report holds nothing of a request but its method and handler', async () => {
  const { app, file } = await startReporting({ options: { gracePeriodMs: 300 }, jsonLog: true });
  const paths = ['/slow?ms=400&token=secret-query', '/unknown?token=secret-query'];
  const all = paths.map((path) =>
    attempt(app.port, path, {
      headers: { cookie: 'secret-header', 'x-forwarded-for': '192.0.2.7' },
    }),
  );
  all.push(attempt(app.port, '/echo?ms=400', { body: '{"text":"secret-body"}' }));
  await app.event('handler', 2);
  await leave(app, file);
  await Promise.all(all);
  const told = readFileSync(file, 'utf8') + app.log;
  expect(told).toContain('GET PlainController.slow');
  expect(told).not.toMatch(/secret|192\.0\.2\.7|127\.0\.0\.1/);
});

it('late clients are named only with reportClients', async () => {
  const { app, file } = await startReporting({
    options: { gracePeriodMs: 500, reportClients: true },
  });
  app.signal('SIGTERM');
  const { at } = await app.event('grace');
  await app.until('the last fifth', () => Date.now() - at > 425);
  await attempt(app.port, '/hello');
  await app.exited;
  const report = read(file);
  expect(report.newConnections).toMatchObject({ count: 1, late: 1, lateClients: ['127.0.0.1'] });
  expect(report.advice).toEqual([
    expect.stringMatching(
      /^The last new connection came \d\.\d s (into|after) a grace period of \d\.\d s: raise gracePeriodMs to \d+\.$/,
    ),
  ]);
});

describe('the report names', () => {
  it('a request that is cut', async () => {
    const { app, file } = await startReporting({ options: { drainTimeoutMs: 500 } });
    const cut = attempt(app.port, '/hang');
    await app.event('handler');
    const report = await leave(app, file);
    expect(await cut).toHaveProperty('error');
    expect(report).toMatchObject({
      result: 'forced',
      exitCode: 1,
      requests: { atStart: 1, completed: 0, aborted: 0, cut: 1 },
      connections: { closedBy: { cut: 1 } },
    });
    expect(report.states.map(({ state, endedBy }) => `${state} ${endedBy}`)).toEqual([
      'grace elapsed',
      'draining timeout',
      'forcing timeout',
      'closing done',
    ]);
    expect(report.participants).toContainEqual(expect.objectContaining({ name: 'http', cut: 1 }));
    expect(report.advice).toEqual([
      expect.stringMatching(
        /^GET PlainController\.hang was cut after \d\.\d s of the drain: stop it/,
      ),
    ]);
  });

  it('a second signal', async () => {
    const { app, file } = await startReporting({ options: { gracePeriodMs: 10_000 } });
    app.signal('SIGINT');
    await app.event('grace');
    const report = await leave(app, file);
    expect(report).toMatchObject({ result: 'forced', exitCode: 1 });
    expect(report.states[0]).toMatchObject({ state: 'grace', endedBy: 'signal' });
  });

  it('a third signal, in the middle of the teardown', async () => {
    const { app, file } = await startReporting({ quirks: ['hook-hangs'] });
    app.signal('SIGTERM');
    await app.event('closing');
    // Sent together, the two could arrive in either order: Linux gives the second to another thread.
    app.signal('SIGINT');
    await app.logged('Second signal');
    app.signal('SIGTERM');
    expect((await app.exited).code).toBe(1);
    const report = read(file);
    expect(report).toMatchObject({ exitCode: 1, result: 'failed' });
    expect(report.states.at(-1)).toMatchObject({ state: 'closing', endedBy: 'exit' });
    expect(report.hooks).toContainEqual(expect.objectContaining({ outcome: 'cut' }));
  });

  it('a hook that throws', async () => {
    const { app, file } = await startReporting({ quirks: ['hook-throws'] });
    const report = await leave(app, file);
    expect(report).toMatchObject({ result: 'failed', exitCode: 1 });
    const [failure] = report.failures;
    expect(report.hooks).toContainEqual(
      expect.objectContaining({ name: failure!.where, outcome: 'failed' }),
    );
    expect(failure!.message).not.toBe('');
  });

  it('a hook that never ends', async () => {
    const { app, file } = await startReporting({
      quirks: ['hook-hangs'],
      options: { drainTimeoutMs: 600, closeTimeoutMs: 400 },
    });
    const report = await leave(app, file);
    const hook = report.hooks.find(({ outcome }) => outcome === 'cut');
    expect(report).toMatchObject({ result: 'failed', exitCode: 1 });
    expect(report.states.at(-1)).toMatchObject({ state: 'closing', endedBy: 'timeout' });
    expect(report.advice).toContainEqual(
      expect.stringMatching(
        `^${hook!.name} did not finish within \\d\\.\\d s, and only 0\\.4 s are guaranteed for closing`,
      ),
    );
  });

  it('what holds the event loop', async () => {
    const { app, file } = await startReporting({ quirks: ['keeps-loop-alive'] });
    const report = await leave(app, file);
    expect(report).toMatchObject({ result: 'clean', exitCode: 0 });
    expect(report.heldBy).toContain('Timeout');
    expect(report.advice).toContainEqual(expect.stringContaining('closed (Timeout):'));
  });

  it('connections that came without a grace period', async () => {
    const { app, file } = await startReporting();
    const underWay = attempt(app.port, '/slow?ms=500', { agent: false });
    await app.event('handler');
    // It has come, and says nothing before the signal.
    const late = await RawConnection.open(app.port);
    app.signal('SIGTERM');
    await app.event('grace');
    late.write('GET /hello HTTP/1.1\r\nHost: test\r\n\r\n');
    await underWay;
    await app.exited;
    const report = read(file);
    expect(report.newConnections).toMatchObject({ count: 0, late: 0 });
    expect(report.requests).toMatchObject({ received: 1, late: 0, completed: 2 });
    expect(report.advice).toEqual([]);
  });

  it('a foreign listener', async () => {
    const { app, file } = await startReporting({ quirks: ['foreign-listener'] });
    const report = await leave(app, file);
    expect(report.foreignListeners).toEqual(['somebodyElse (SIGTERM)']);
    expect(report.advice).toContainEqual(
      expect.stringMatching(/^somebodyElse \(SIGTERM\) also listens to the signal/),
    );
  });

  it('a crash', async () => {
    const { app, file } = await startReporting({ options: { drainOnCrash: true } });
    await request(app.port, '/crash', { body: '{}' });
    await app.exited;
    expect(read(file)).toMatchObject({
      trigger: { kind: 'crash', reason: 'thrown on purpose' },
      result: 'failed',
      exitCode: 1,
    });
  });

  it('a budget that exceeds the limit of the pod', async () => {
    const { app, file } = await startReporting(
      { options: { drainTimeoutMs: 20_000, closeTimeoutMs: 4000 } },
      { PLATFORM_TIMEOUT_SECONDS: '20' },
    );
    const report = await leave(app, file);
    expect(report.advice).toEqual([
      'The budget of 24.0 s does not fit the 20 s that the platform allows: raise it to 25, or shorten drainTimeoutMs.',
    ]);
    expect(app.log).toContain(`Advice: ${report.advice[0]}`);
  });

  it('a budget that exceeds the limit of the pod, as does a warning at the start', async () => {
    const options = { drainTimeoutMs: 30_000, terminationGracePeriodSeconds: 20 };
    const app = await start({ options });
    await app.logged('successfully started');
    expect(app.log).toContain('does not fit the 20 s that the platform allows');
  });

  it('times that do not fit a limit of 10 s, which the default times do', async () => {
    const app = await start({}, { K_SERVICE: 'orders' });
    await app.logged('successfully started');
    expect(app.log).toContain('grace 0.0 s + drain 7.2 s + close 1.8 s = 9.0 s');
    expect(app.log).not.toContain('does not fit');
    const fly = await start({ options: { drainTimeoutMs: 20_000 } }, { FLY_APP_NAME: 'orders' });
    await fly.logged('successfully started');
    expect(fly.log).toContain(
      'does not fit the 5 s that Fly.io allows by default: set kill_timeout to 25, or shorten ' +
        'drainTimeoutMs. If you have set it, pass its value as platformTimeoutSeconds.',
    );
  });
});

describe('the report of a shutdown covers', () => {
  it('websockets', async () => {
    const { app, file } = await startReporting({ program: 'websockets' });
    const client = await WebSocketClient.open(app.port);
    const report = await leave(app, file);
    expect(await client.closed).toMatchObject({ code: 1012 });
    expect(report.connections).toMatchObject({ atStart: 1, closedBy: { announced: 1 }, left: 0 });
    expect(report.participants).toContainEqual({
      name: 'websockets',
      atStart: 0,
      cut: 0,
      summary: '1 websocket closed',
    });
  });

  it('HTTP/2', async () => {
    const { app, file } = await startReporting({ program: 'streams', http2: true });
    const client = await Http2Client.open(app.port);
    const report = await leave(app, file);
    await client.closed;
    expect(report.connections).toMatchObject({ atStart: 1, closedBy: { announced: 1 }, left: 0 });
  });

  it('shutdown() with a reason', async () => {
    const { app, file } = await startReporting();
    await request(app.port, '/leave', { body: '{}' });
    await app.exited;
    expect(read(file).trigger).toEqual({ kind: 'request', reason: 'asked over HTTP' });
  });

  it('app.close(), without an exit code or a line in the log', async () => {
    const { app, file } = await startReporting();
    app.close();
    await app.event('close-resolved');
    const report = read(file);
    expect(report).toMatchObject({ trigger: { kind: 'close' }, result: 'clean' });
    expect(report).not.toHaveProperty('exitCode');
    expect(report.hooks.map(({ name }) => name)).toContain('Database.onModuleDestroy');
  });
});

describe('the report is written', () => {
  it('as one line of the log, as text', async () => {
    const { app, file } = await startReporting();
    const report = await leave(app, file);
    const lines = app.log.split('\n').filter((line) => line.includes('Shutdown report: '));
    expect(lines).toHaveLength(1);
    const logged: unknown = JSON.parse(lines[0]!.slice(lines[0]!.indexOf('{')));
    expect(logged).toEqual({ ...report, samples: [] });
  });

  it('as one line of the log, as JSON', async () => {
    const { app, file } = await startReporting({
      jsonLog: true,
      options: { reportLog: 'full' },
    });
    const report = await leave(app, file);
    const lines = app.log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { message: unknown; context?: string });
    const [line, ...others] = lines.filter(({ message }) => typeof message === 'object');
    expect(line).toMatchObject({
      level: 'log',
      context: 'GracefulShutdown',
      message: { message: 'Shutdown report', report },
    });
    expect(others).toEqual([]);
  });

  it('to a file for each process', async () => {
    const { app } = await startReporting({
      options: { reportFile: join(folder, 'report-of-{pid}.json') },
    });
    await leave(app, join(folder, `report-of-${app.pid}.json`));
    expect(existsSync(join(folder, `report-of-${app.pid}.json.running`))).toBe(false);
  });

  it("to Kubernetes' termination log, if that exists", async () => {
    const terminationLog = newFile();
    writeFileSync(terminationLog, 'x'.repeat(10_000));
    const { app, file } = await startReporting({ options: { terminationLog } });
    const report = await leave(app, file);
    expect(statSync(terminationLog).size).toBeLessThanOrEqual(4096);
    expect(read(terminationLog)).toMatchObject({ result: 'clean', pid: report.pid });
  });

  it('without creating a termination log', async () => {
    const terminationLog = newFile();
    const { app, file } = await startReporting({ options: { terminationLog } });
    expect(await leave(app, file)).toMatchObject({ result: 'clean' });
    expect(existsSync(terminationLog)).toBe(false);
    expect(app.log).not.toContain('could not be written');
  });
});

describe('a report that cannot be written does not disturb the shutdown:', () => {
  it('if nobody reads the output', async () => {
    const { app, file } = await startReporting({ options: { gracePeriodMs: 300 } });
    const underWay = request(app.port, '/slow?ms=500');
    await app.event('handler');
    app.closeOutput();
    const report = await leave(app, file);
    expect((await underWay).status).toBe(200);
    expect((await app.exited).code).toBe(0);
    expect(report).toMatchObject({ result: 'clean', requests: { completed: 1 } });
  });

  it('if there is no room for the report', async () => {
    const options = { reportFile: '/dev/full/report.json', terminationLog: '/dev/full' };
    const app = await start({ options });
    app.signal('SIGTERM');
    expect((await app.exited).code).toBe(0);
    expect(app.log).toMatch(/could not be written to \/dev\/full\/report\.json: /);
    expect(app.log).toMatch(/could not be written to \/dev\/full: ENOSPC/);
  });
});

describe('the next run reports a killed run, once', () => {
  it.each([
    ['running', {}],
    ['grace', { options: { gracePeriodMs: 10_000 } }],
    ['draining', {}],
    ['closing', { quirks: ['hook-hangs'] }],
  ] as const)('while %s', async (state, setting: Setting) => {
    const { app, file } = await startReporting(setting);
    if (state === 'draining') {
      void attempt(app.port, '/hang');
      await app.event('handler');
    }
    if (state !== 'running') app.signal('SIGTERM');
    if (state !== 'running') await app.event(state);
    app.kill();
    await app.exited;

    const next = await start({ options: { reportFile: file } });
    await next.logged(`The previous run ended without a shutdown (process ${app.pid}, started `);
    expect(next.log).toContain(`last seen ${state})`);
    await leave(next, file);
    const afterNext = await start({ options: { reportFile: file } });
    await leave(afterNext, file);
    expect(afterNext.log).not.toContain('The previous run ended');
  });
});
