import { describe, expect, it } from 'vitest';

import { totalMs } from '../shutdown/shutdown-budget.js';
import { fitBudget } from './fit-budget.js';
import { patienceHere, platformHere } from './patience.js';
import { PLATFORMS } from './platforms.js';

const nowhere = () => false;

describe('the platform', () => {
  it.each(
    PLATFORMS.filter(({ variables }) => variables.length > 0).map((row) => [row.id, row] as const),
  )('is recognised by the variables that it sets: %s', (id, { variables }) => {
    const env = Object.fromEntries(variables.map((name) => [name, 'x']));
    expect(platformHere(env, nowhere)?.id).toBe(id);
    const empty = Object.fromEntries(variables.map((name) => [name, '']));
    expect(platformHere(empty, nowhere)).toBeUndefined();
  });

  it('is Docker for the main process of a container that nobody else runs', () => {
    expect(platformHere({}, () => true)?.id).toBe('docker');
    expect(platformHere({ K_SERVICE: 'orders' }, () => true)?.id).toBe('cloud-run');
  });

  it('is systemd for the process of a unit that cannot notify', () => {
    const env = { SYSTEMD_EXEC_PID: String(process.pid) };
    expect(platformHere(env, nowhere)?.id).toBe('systemd');
    expect(platformHere({ ...env, NOTIFY_SOCKET: '/run/x' }, nowhere)).toBeUndefined();
    expect(platformHere({ SYSTEMD_EXEC_PID: '1' }, nowhere)).toBeUndefined();
  });
});

describe('the time limit of the platform', () => {
  it.each([
    ['what it does by default', undefined, { K_SERVICE: 'x' }, 10, false],
    ['what the option says', 25, { K_SERVICE: 'x', PLATFORM_TIMEOUT_SECONDS: '20' }, 25, true],
    ['what the variable says', undefined, { PLATFORM_TIMEOUT_SECONDS: '20' }, 20, true],
    [
      'what the older variable says',
      undefined,
      { TERMINATION_GRACE_PERIOD_SECONDS: '60' },
      60,
      true,
    ],
    [
      'what the variable of the platform says',
      undefined,
      { RAILWAY_ENVIRONMENT_ID: 'x', RAILWAY_DEPLOYMENT_DRAINING_SECONDS: '15' },
      15,
      true,
    ],
    [
      'its default, beside nonsense',
      undefined,
      { DYNO: 'web.1', PLATFORM_TIMEOUT_SECONDS: 'a' },
      30,
      false,
    ],
  ])('is %s', (_, configured, env: NodeJS.ProcessEnv, seconds, isConfigured) => {
    const platform = platformHere(env, nowhere);
    expect(patienceHere(configured, env, platform)).toEqual({ seconds, isConfigured, platform });
  });

  it('is unknown elsewhere; for PM2 its own warning applies', () => {
    expect(patienceHere(undefined, {}, undefined)).toBeUndefined();
    const pm2 = PLATFORMS.find(({ id }) => id === 'pm2')!;
    expect(patienceHere(undefined, {}, pm2)).toBeUndefined();
  });
});

describe('the default times', () => {
  const standard = { gracePeriodMs: 5000, drainTimeoutMs: 20_000, closeTimeoutMs: 4000 };

  it.each([undefined, 30, 90])('are unchanged if they fit: %s', (seconds) => {
    expect(fitBudget(standard, {}, seconds)).toEqual(standard);
  });

  it.each([3, 5, 10, 20, 29])(
    'are shortened to fit into %i s, with a second for the platform',
    (seconds) => {
      for (const gracePeriodMs of [0, 5000]) {
        const fitted = fitBudget({ ...standard, gracePeriodMs }, {}, seconds);
        expect(totalMs(fitted)).toBeLessThanOrEqual(seconds * 1000 - 1000);
        expect(fitted.drainTimeoutMs).toBeGreaterThan(fitted.closeTimeoutMs);
      }
    },
  );

  it('are 0 + 7.2 + 1.8 s for a limit of 10 s', () => {
    expect(fitBudget({ ...standard, gracePeriodMs: 0 }, {}, 10)).toEqual({
      gracePeriodMs: 0,
      drainTimeoutMs: 7200,
      closeTimeoutMs: 1800,
    });
  });

  it.each([
    ['a shorter grace period leaves the others as they are', { gracePeriodMs: 2000 }, 27, 20_000],
    ['the others share what is left', { gracePeriodMs: 5000 }, 20, 10_200],
    ['a drain that was set is kept', { drainTimeoutMs: 3000 }, 10, 3000],
    ['nothing is changed that would not help', { drainTimeoutMs: 30_000 }, 10, 30_000],
  ])('replace only what the user has not set: %s', (_, given, seconds, drainTimeoutMs) => {
    expect(fitBudget(standard, given, seconds)).toMatchObject({ ...given, drainTimeoutMs });
  });

  it('are unchanged if nothing fits', () => {
    expect(fitBudget(standard, {}, 2)).toEqual(standard);
    expect(fitBudget(standard, {}, 0)).toEqual(standard);
  });
});
