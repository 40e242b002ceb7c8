import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IService } from 'kubernetes-models/v1';
import { afterEach, describe, expect, it } from 'vitest';

import { podTimes } from '../../src/cli/pod-times.js';
import {
  type Manifest,
  readManifest,
  schemaProblems,
  typeProblems,
} from '../kubernetes/manifests.js';
import { request } from '../support/http-client.js';
import { endSamples, startSample } from './start-sample.js';

const sample = join(import.meta.dirname, '..', '..', 'sample', '14-kubernetes');
const compileMs = 120_000;

const plain = deployment('deployment.yaml');
const withPreStop = deployment('deployment-with-pre-stop.yaml');
const service = readManifest(join(sample, 'kubernetes', 'service.yaml')) as IService;
const budget = readManifest(
  join(sample, 'kubernetes', 'pod-disruption-budget.yaml'),
) as IPodDisruptionBudget;
const variants = [
  ['without a preStop hook', plain],
  ['with a preStop hook', withPreStop],
] as const;

function deployment(file: string): IDeployment {
  return readManifest(join(sample, 'kubernetes', file)) as IDeployment;
}

function podOf({ spec }: IDeployment) {
  const pod = spec!.template.spec!;
  const [container] = pod.containers as [(typeof pod.containers)[number]];
  const env = Object.fromEntries(container.env!.map(({ name, value }) => [name, value]));
  return { pod, container, env };
}

describe('the manifests of sample 14-kubernetes', () => {
  const all: Manifest[] = [plain, withPreStop, service, budget];

  it('are valid by their schemas', () => {
    expect(all.flatMap(schemaProblems)).toEqual([]);
    const bad = { ...service, spec: { ports: [{ port: 'http' }] } };
    expect(schemaProblems(bad)).toEqual([expect.stringContaining('port must be integer')]);
  });

  it('have no unknown field', { timeout: compileMs }, async () => {
    expect(await typeProblems(all)).toBe('');
    const misspelt = { ...plain, spec: { ...plain.spec, minReadyseconds: 1 } };
    expect(await typeProblems([misspelt])).toContain(
      `'"minReadyseconds"' does not exist in type 'IDeploymentSpec'`,
    );
  });

  it.each(variants)('have the times of the command: %s', (_, manifest) => {
    const { pod, container, env } = podOf(manifest);
    const preStopSeconds = container.lifecycle?.preStop?.sleep?.seconds;
    const times = podTimes({
      ...(preStopSeconds !== undefined && { preStopSeconds }),
      ...(env['GRACE_PERIOD_MS'] !== undefined && {
        gracePeriodMs: Number(env['GRACE_PERIOD_MS']),
      }),
    });
    expect(pod.terminationGracePeriodSeconds).toBe(times.terminationGracePeriodSeconds);
    expect(env['TERMINATION_GRACE_PERIOD_SECONDS']).toBe(String(times.secondsFromSignal));
    expect(container.readinessProbe).toMatchObject({
      periodSeconds: times.probePeriodSeconds,
      failureThreshold: times.failureThreshold,
    });
  });

  it('differ only in the hook and its consequences', () => {
    const { pod, container, env } = podOf(withPreStop);
    const { lifecycle, ...others } = container;
    expect(lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    const same = podOf(plain);
    expect({ ...others, env: undefined }).toEqual({ ...same.container, env: undefined });
    expect(Object.keys({ ...pod, ...env })).toEqual([
      ...Object.keys(same.pod),
      'HOST',
      'GRACE_PERIOD_MS',
      'TERMINATION_GRACE_PERIOD_SECONDS',
      'TERMINATION_LOG',
    ]);
    expect({ ...withPreStop.spec, template: undefined }).toEqual({
      ...plain.spec,
      template: undefined,
    });
  });

  it.each(variants)('refer to each other correctly: %s', (_, { spec }) => {
    const labels = spec!.template.metadata!.labels!;
    expect(spec!.selector.matchLabels).toEqual(labels);
    expect(service.spec!.selector).toEqual(labels);
    expect(budget.spec!.selector!.matchLabels).toEqual(labels);
    // Otherwise no node could ever be drained.
    expect(Number(budget.spec!.maxUnavailable)).toBeGreaterThan(0);
    expect(spec!.strategy!.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    const [port] = service.spec!.ports!;
    const container = spec!.template.spec!.containers[0]!;
    expect(container.ports!.map(({ name }) => name)).toContain(port!.targetPort);
  });

  it('run node as PID 1 of the image', () => {
    const lines = readFileSync(join(sample, 'Dockerfile'), 'utf8').trim().split('\n');
    expect(lines.at(-1)).toBe('CMD ["node", "dist/main.js"]');
    expect(lines.filter((line) => /^(ENTRYPOINT|STOPSIGNAL|SHELL)/.test(line))).toEqual([]);
  });
});

describe('the application of sample 14-kubernetes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-pod-'));
  afterEach(async () => {
    await endSamples();
    rmSync(folder, { recursive: true, force: true });
  });

  it('leaves within the times of the manifest', async () => {
    const { container, env } = podOf(withPreStop);
    const terminationLog = join(folder, 'termination-log');
    // The runtime makes the file; nobody else does.
    writeFileSync(terminationLog, '');
    expect(env['TERMINATION_LOG']).toBe(container.terminationMessagePath);
    const application = startSample('14-kubernetes', {
      ...env,
      HOST: '127.0.0.1',
      TERMINATION_LOG: terminationLog,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
    });
    const port = await application.port();
    expect(await application.line(/Armed/)).toContain(
      `set terminationGracePeriodSeconds to at least ${env['TERMINATION_GRACE_PERIOD_SECONDS']}`,
    );
    const probes = async () => {
      const { startupProbe, readinessProbe, livenessProbe } = container;
      const paths = [startupProbe, readinessProbe, livenessProbe].map(
        (probe) => probe!.httpGet!.path!,
      );
      return Promise.all(
        paths.map(async (path) => (await request(port, path, { agent: false })).status),
      );
    };
    expect(await probes()).toEqual([200, 200, 200]);
    const order = request(port, '/orders/1?ms=300', { agent: false });
    await application.line(/the carrier takes/);
    await application.terminate();

    expect(await probes()).toEqual([200, 503, 200]);
    expect((await order).status).toBe(200);
    expect(await application.exited()).toEqual({ code: 0, signal: null });
    expect(application.lines.join('\n')).not.toMatch(/WARN|ERROR/);
    expect(readFileSync(terminationLog, 'utf8')).toContain('"result":"clean"');
  });
});
