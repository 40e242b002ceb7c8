import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { command } from '../support/compiled.js';
import { type Result, runNode } from '../support/run-node.js';
import { endAll, start } from '../support/running-application.js';

function run(...argv: string[]): Promise<Result> {
  return runNode([command, ...argv]);
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [{ readonly env: readonly [{ readonly value: string }] }];
}

async function podSpec(...argv: string[]): Promise<PodSpec> {
  const { status, stdout, stderr } = await run('kubernetes', ...argv);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (parse(stdout) as { spec: PodSpec }).spec;
}

describe('nestjs-drain kubernetes', () => {
  afterEach(endAll);

  it('prints the number that the application logs at its start', async () => {
    const { terminationGracePeriodSeconds } = await podSpec();
    const app = await start({}, { KUBERNETES_SERVICE_HOST: '127.0.0.1' });
    expect(app.log).toContain(
      `set terminationGracePeriodSeconds to at least ${terminationGracePeriodSeconds}\n`,
    );
  });

  it('leaves the module the time that it needs after a preStop hook', async () => {
    const spec = await podSpec('--pre-stop', '7', '--grace-period', '2s', '--drain-timeout', '10s');
    const { value } = spec.containers[0].env[0];
    expect(spec.terminationGracePeriodSeconds).toBe(7 + Number(value));
    const options = { gracePeriodMs: 2000, drainTimeoutMs: 10_000, closeTimeoutMs: 4000 };
    const isContentWith = async (seconds: string): Promise<boolean> => {
      const app = await start({ options }, { TERMINATION_GRACE_PERIOD_SECONDS: seconds });
      return !app.log.includes('does not fit');
    };
    expect(await isContentWith(value)).toBe(true);
    expect(await isContentWith(String(Number(value) - 1))).toBe(false);
  });

  it.each([
    [['--pre-stop', 'five'], `--pre-stop is 'five', expected a whole number of seconds`],
    [['--pre-stop'], '--pre-stop has no value, expected a whole number of seconds'],
    [['--grace', '5s'], 'unknown option --grace of kubernetes, expected one of --grace-period,'],
    [['deployment.yaml'], `unexpected 'deployment.yaml'`],
  ])('exits with 2 for wrong usage: %j', async (argv, problem) => {
    const { status, stdout, stderr } = await run('kubernetes', ...argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^nestjs-drain: wrong usage: .*\nSee nestjs-drain --help\n$/);
    expect(stderr).toContain(problem);
  });

  it('is explained by --help', async () => {
    const { status, stdout } = await run('kubernetes', '--help');
    expect(status).toBe(0);
    for (const option of [
      'grace-period',
      'pre-stop',
      'probe-period',
      'failure-threshold',
      'probe-port',
      'grpc-port',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  --${option} `, 'm'));
    }
  });
});
