import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../../src/index.js';
import type { FixtureConfig } from '../fixtures/config.js';
import { SOON_MS } from '../support/bounds.js';
import { Collector } from '../support/collector.js';
import { attempt, request } from '../support/http-client.js';
import { fixture } from '../support/compiled.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { freePort } from '../support/server-process.js';

const ERROR = 2;

const collectors: Collector[] = [];
let folder: string | undefined;

afterEach(async () => {
  await endAll();
  await Promise.all(collectors.splice(0).map((collector) => collector.stop()));
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

async function collect(answers = true): Promise<Collector> {
  const collector = await Collector.start(answers);
  collectors.push(collector);
  return collector;
}

/** An application whose SDK was started before it, and exports to there. */
async function observed(
  url: string,
  config: FixtureConfig,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningApplication & { report(): ShutdownReport }> {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-telemetry-'));
  const reportFile = join(folder, 'report.json');
  const app = await start(
    { telemetry: {}, ...config, options: { reportFile, ...config.options } },
    {
      NODE_OPTIONS: `--import=${pathToFileURL(fixture('instrumentation')).href}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      ...env,
    },
  );
  const report = () => JSON.parse(readFileSync(reportFile, 'utf8')) as ShutdownReport;
  return Object.assign(app, { report });
}

describe.each(['express', 'fastify'] as const)('%s', (adapter) => {
  it('the spans of the last request and of the shutdown are exported, and the metrics', async () => {
    const collector = await collect();
    const app = await observed(collector.url, { adapter, options: { gracePeriodMs: 300 } });
    await request(app.port, '/hello', { agent: false });
    const last = request(app.port, '/slow?ms=800', { agent: false });
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('grace');
    await request(app.port, '/hello', { agent: false });
    expect((await last).status).toBe(200);
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.report().flush).toMatchObject({ outcome: 'completed' });

    expect(targets(collector)).toEqual(['/hello', '/hello', '/slow']);
    const whole = collector.span('shutdown');
    expect(whole.parentSpanId ?? '').toBe('');
    expect(whole.attributes).toMatchObject({
      'nestjs_drain.shutdown.trigger': 'signal',
      'nestjs_drain.shutdown.signal': 'SIGTERM',
      'nestjs_drain.shutdown.result': 'clean',
      'nestjs_drain.shutdown.requests.completed': 2,
      'nestjs_drain.shutdown.new_connections': 1,
    });
    expect(whole.status.code ?? 0).not.toBe(ERROR);
    expect(collector.childrenOf(whole).map(({ name }) => name)).toEqual([
      'grace',
      'draining',
      'closing',
    ]);
    const hooks = collector.childrenOf(collector.span('closing')).map(({ name }) => name);
    expect(hooks).toContain('Database.onModuleDestroy');
    expect(hooks).toContain('Database.onApplicationShutdown');
    for (const child of [
      ...collector.childrenOf(whole),
      collector.span('Database.onModuleDestroy'),
    ]) {
      expect(child.traceId).toBe(whole.traceId);
      expect(BigInt(child.startTimeUnixNano)).toBeGreaterThanOrEqual(
        BigInt(whole.startTimeUnixNano),
      );
      expect(BigInt(child.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(whole.endTimeUnixNano));
    }

    expect(collector.points('nestjs_drain.shutdown.duration')).toMatchObject([
      {
        attributes: {
          'nestjs_drain.shutdown.trigger': 'signal',
          'nestjs_drain.shutdown.result': 'clean',
        },
        count: 1,
      },
    ]);
    const [duration] = collector.points('nestjs_drain.shutdown.duration');
    expect(duration!.value).toBeGreaterThan(0.7);
    expect(duration!.value).toBeLessThan(5);
    expect(collector.metrics.get('nestjs_drain.shutdown.duration')!.unit).toBe('s');
    expect(valueOf(collector, 'shutdown.requests', 'request.outcome', 'completed')).toBe(2);
    expect(valueOf(collector, 'lifecycle.status', 'lifecycle.state', 'closing')).toBe(1);
    expect(valueOf(collector, 'lifecycle.status', 'lifecycle.state', 'running')).toBe(0);
    const [at] = collector.points('nestjs_drain.shutdown.last_connection.at');
    expect(at!.value).toBeGreaterThan(0);
    expect(at!.value).toBeLessThan(1);
  });
});

/** What was asked for, of the spans that the instrumentation of HTTP made. */
function targets({ spans }: Collector): unknown[] {
  return spans.flatMap(({ attributes }) => attributes['url.path'] ?? []);
}

function valueOf(collector: Collector, metric: string, attribute: string, value: string) {
  return collector
    .points(`nestjs_drain.${metric}`)
    .find(({ attributes }) => attributes[`nestjs_drain.${attribute}`] === value)?.value;
}

it('a cut request is an error in the trace', async () => {
  const collector = await collect();
  const app = await observed(collector.url, { options: { drainTimeoutMs: 500 } });
  const hanging = attempt(app.port, '/hang', { agent: false });
  await app.event('handler');
  app.signal('SIGTERM');
  await hanging;
  expect(await app.exited).toMatchObject({ code: 1, signal: null });

  const whole = collector.span('shutdown');
  expect(whole.status.code).toBe(ERROR);
  expect(whole.attributes).toMatchObject({
    'nestjs_drain.shutdown.result': 'forced',
    'nestjs_drain.shutdown.requests.cut': 1,
    'error.type': 'drain_timeout',
  });
  expect(collector.span('draining').attributes).toMatchObject({ 'error.type': 'drain_timeout' });
  expect(valueOf(collector, 'shutdown.requests', 'request.outcome', 'cut')).toBe(1);
  expect(targets(collector)).toEqual(['/hang']);
});

describe('a telemetry collector that', () => {
  const flushTimeoutMs = 700;

  it('refuses delays the exit by its bound at most, and does not change the exit code', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const app = await observed(url, { telemetry: { flushTimeoutMs } });
    await request(app.port, '/hello', { agent: false });
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(flushTimeoutMs + SOON_MS);
    expect(app.report()).toMatchObject({
      result: 'clean',
      exitCode: 0,
      flush: { outcome: expect.stringMatching(/^(cut|failed)$/) as string },
    });
  });

  it('never answers delays the exit by its bound, and does not change the exit code', async () => {
    const { url } = await collect(false);
    const app = await observed(url, { telemetry: { flushTimeoutMs } });
    await request(app.port, '/hello', { agent: false });
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeGreaterThanOrEqual(flushTimeoutMs);
    expect(exit.at - sentAt).toBeLessThan(flushTimeoutMs + SOON_MS);
    const { flush, advice } = app.report();
    expect(flush!.outcome).toBe('cut');
    expect(flush!.ms).toBeGreaterThanOrEqual(flushTimeoutMs - 1);
    expect(advice.join('\n')).toContain('Telemetry was not sent');
  });
});

describe('an SDK that shuts itself down on the signal', () => {
  const env = { SDK_LISTENS: 'yes' };

  it('is called after the shutdown, and loses nothing', async () => {
    const collector = await collect();
    const app = await observed(collector.url, { options: { drainTimeoutMs: 3000 } }, env);
    const last = request(app.port, '/slow?ms=300', { agent: false });
    await app.event('handler');
    app.signal('SIGTERM');
    expect((await last).status).toBe(200);
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.log).not.toContain('listener is registered');
    expect(app.log).toContain('telemetry has ended');
    expect(app.log.indexOf('telemetry has ended')).toBeGreaterThan(app.log.indexOf('Closed in'));
    expect(app.report()).toMatchObject({ exitCode: 0, foreignListeners: [] });
    expect(collector.span('shutdown')).toBeDefined();
    expect(targets(collector)).toContain('/slow');
  });

  it('neither changes the exit code nor loses its time to a hook that never ends', async () => {
    const collector = await collect();
    const closeTimeoutMs = 1500;
    const options = { drainTimeoutMs: 0, closeTimeoutMs };
    const config = { quirks: ['hook-hangs'], options } as const;
    const app = await observed(collector.url, config, env);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(closeTimeoutMs + SOON_MS);
    expect(app.log).toContain('telemetry has ended');
    expect(collector.span('shutdown').status.code).toBe(ERROR);
    expect(collector.span('Quirky.onModuleDestroy')).toMatchObject({
      status: { code: ERROR },
      attributes: { 'error.type': 'hook_timeout' },
    });
  });

  it('ends the process under its requests if not deferred', async () => {
    const collector = await collect();
    const app = await observed(collector.url, { telemetry: { deferSignalListeners: 'none' } }, env);
    expect(app.log).toContain('listener is registered');
    const last = attempt(app.port, '/slow?ms=5000', { agent: false });
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await last).toMatchObject({ error: expect.any(String) as string });
    expect(collector.spans.map(({ name }) => name)).not.toContain('shutdown');
  });

  it('keeps its listener after a close() without a signal', async () => {
    const collector = await collect();
    const app = await observed(collector.url, {}, env);
    app.close();
    // Only its own is left.
    expect((await app.event('close-resolved')).detail).toMatchObject({ signals: 1, patched: 0 });
  });
});
