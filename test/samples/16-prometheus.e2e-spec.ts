import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';
import { afterEach, describe, expect, it } from 'vitest';

import { Collector } from '../support/collector.js';
import { request } from '../support/http-client.js';
import { freePort } from '../support/server-process.js';
import { endSamples, startSample } from './start-sample.js';

const folder = join(import.meta.dirname, '..', '..', 'sample', '16-prometheus');
const page = join(folder, 'README.md');

/** The application of the sample has none. */
const OF_HOOKS = ['nestjs_drain_shutdown_hook_duration_seconds', 'nestjs_drain_hook_name'];

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

interface AlertRules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

/** What the dashboard and the alerts ask of Prometheus. */
function expressions(): string[] {
  const dashboard = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8')) as Dashboard;
  const alerts = parse(readFileSync(join(folder, 'alerts.yaml'), 'utf8')) as AlertRules;
  return [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ];
}

/** The names of ours in an expression: metrics, and their labels. */
function namesIn(expression: string): string[] {
  return [...expression.matchAll(/nestjs_drain_\w+/g)].map(([name]) =>
    name.replace(/_(count|sum|bucket|total)$/, ''),
  );
}

/** The name that Prometheus gives to a metric, without what it adds to one of a histogram. */
function promName(name: string, unit: string): string {
  return name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '');
}

describe('sample 16-prometheus:', () => {
  let collector: Collector | undefined;

  afterEach(async () => {
    await endSamples();
    await collector?.stop();
  });

  it('the process is scraped while it leaves, and pushes the final values', async () => {
    collector = await Collector.start();
    const metricsPort = await freePort();
    const sample = startSample('16-prometheus', {
      METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics`,
    });
    const port = await sample.port();
    const order = request(port, '/orders/1?ms=1500', { agent: false });
    await sample.line(/the carrier takes/);
    await sample.terminate();

    const scraped = (await request(metricsPort, '/metrics', { agent: false })).body;
    const shown = /```text\n(.*?)```/s.exec(readFileSync(page, 'utf8'))![1]!;
    const withoutScope = scraped.replaceAll(/,?otel_scope_\w+="[^"]*"/g, '');
    for (const line of shown.trim().split('\n')) expect(withoutScope).toContain(line);
    await request(port, '/orders/2?ms=1', { agent: false });
    // The rest of the grace period is of no interest here.
    sample.signal('SIGTERM');
    await order.catch(() => {});
    await sample.exited();

    const known = [...collector.metrics].map(([name, { unit }]) => promName(name, unit));
    const asked = [
      ...readFileSync(page, 'utf8').matchAll(/nestjs_drain_\w+?(?=_count|_total|[[{])/g),
    ];
    expect(asked.length).toBeGreaterThan(3);
    for (const [name] of asked) expect(known).toContain(name);

    const labels = [...collector.metrics.values()].flatMap(({ points }) =>
      points.flatMap(({ attributes }) =>
        Object.keys(attributes).map((name) => name.replaceAll('.', '_')),
      ),
    );
    const exprs = expressions();
    expect(exprs.length).toBeGreaterThan(10);
    for (const expr of exprs) {
      for (const name of namesIn(expr)) expect([...known, ...labels, ...OF_HOOKS]).toContain(name);
    }
    // OpenTelemetry: a metric and an attribute must not share a name.
    expect(known.filter((name) => labels.includes(name))).toEqual([]);
  });
});
