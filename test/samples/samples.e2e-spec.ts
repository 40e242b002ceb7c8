import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, it } from 'vitest';

import { keepAliveAgent, request } from '../support/http-client.js';
import { endSamples, startSample, startScript } from './start-sample.js';

const clean = { code: 0, signal: null };

describe('sample', () => {
  afterEach(endSamples);

  it('01-express reads the order from a pool that closes afterwards', async () => {
    const sample = startSample('01-express');
    const order = request(await sample.port(), '/orders/1?ms=700');
    await sample.line(/the carrier takes/);
    await sample.terminate();

    expect(await order).toMatchObject({ status: 200, connection: 'close' });
    expect(JSON.parse((await order).body)).toEqual({
      id: 1,
      item: 'tea',
      history: ['order 1 was paid', 'order 1 was sent'],
    });
    expect(await sample.exited()).toEqual(clean);
    expect(sample.indexOf(/Pool closed/)).toBeGreaterThan(sample.indexOf(/Order 1: answered/));
  });

  it('02-fastify sends whole downloads, before the signal and on a kept connection', async () => {
    const sample = startSample('02-fastify');
    const port = await sample.port();
    const agent = keepAliveAgent();
    await request(port, '/nowhere', { agent });
    const download = get(`http://127.0.0.1:${port}/reports/sales.csv`);
    const [begun] = (await once(download, 'response')) as [IncomingMessage];
    await once(begun, 'readable');
    await sample.terminate();
    const later = request(port, '/reports/sales.csv', { agent });

    const csv = /^day,amount\n(\d+,\d+\n){12}total,780\n$/;
    expect(await text(begun)).toMatch(csv);
    expect(begun).toMatchObject({ statusCode: 200, complete: true });
    expect(await later).toMatchObject({ status: 200, connection: 'close' });
    expect((await later).body).toMatch(csv);
    expect(await sample.exited()).toEqual(clean);
    const told = sample.lines.filter((line) => /Download complete|connection closed/.test(line));
    expect(told).toHaveLength(3);
    expect(told.at(-1)).toContain('Database connection closed');
  });

  it('03-terminus-probes turns readiness red and keeps liveness green', async () => {
    const sample = startSample('03-terminus-probes');
    const port = await sample.port();
    const probes = async () => [
      (await request(port, '/health/ready')).status,
      (await request(port, '/health/live')).status,
    ];
    expect(await probes()).toEqual([200, 200]);
    const quote = request(port, '/quotes');
    await sample.line(/Quote begun/);
    await sample.terminate();

    expect(await probes()).toEqual([503, 200]);
    expect(await quote).toMatchObject({
      status: 200,
      connection: 'close',
      body: '{"premium":42}',
    });
    expect(await sample.exited()).toEqual(clean);
  });

  it('04-async-options takes the times from the environment', async () => {
    const sample = startSample('04-async-options', {
      GRACE_PERIOD_MS: '200',
      DRAIN_TIMEOUT_MS: '8000',
      CLOSE_TIMEOUT_MS: '3000',
    });
    const job = request(await sample.port(), '/jobs');
    expect(await sample.line(/Armed/)).toContain('grace 0.2 s + drain 8.0 s + close 3.0 s');
    await sample.line(/Job begun/);
    await sample.terminate();

    expect(await job).toMatchObject({ status: 200, connection: 'close' });
    expect(JSON.parse((await job).body)).toMatchObject({ state: 'draining' });
    expect(await sample.exited()).toEqual(clean);
  });

  it.each([
    ['-1', '-1'],
    ['abc', 'NaN (an environment variable that is not a number?)'],
  ])('04-async-options does not start with GRACE_PERIOD_MS=%s', async (given, shown) => {
    const sample = startSample('04-async-options', { GRACE_PERIOD_MS: given });
    expect(await sample.exited()).toEqual({ code: 1, signal: null });
    expect(sample.lines.join('\n')).toContain(`gracePeriodMs is ${shown}, expected`);
  });

  it('runner becomes the sample, with its signals and exit code', async () => {
    const sample = startScript(['run.mjs', '01-express']);
    const order = request(await sample.port(), '/orders/1?ms=300');
    await sample.line(/the carrier takes/);
    await sample.terminate();
    expect(await order).toMatchObject({ status: 200, connection: 'close' });
    expect(await sample.exited()).toEqual(clean);
  });

  it.each(['99-nothing', undefined])('runner lists the samples for %s', async (name) => {
    const sample = startScript(['run.mjs', ...(name === undefined ? [] : [name])]);
    expect(await sample.exited()).toEqual({ code: 1, signal: null });
    const folders = readdirSync(join(import.meta.dirname, '..', '..', 'sample'));
    expect(sample.lines.slice(1).map((line) => line.trim())).toEqual(
      folders.filter((folder) => /^\d/.test(folder)),
    );
  });
});
