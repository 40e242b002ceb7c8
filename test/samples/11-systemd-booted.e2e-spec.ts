import { beforeAll, describe, expect, it } from 'vitest';

import { bootSystemd, type SeenInside, whyNoContainer } from '../support/booted-systemd.js';

const missing = whyNoContainer();
const bootMs = 600_000;
/** The oldest systemd and the newest that a supported Debian has: 252 and 257. */
const suites = ['bookworm', 'trixie'] as const;
const boots = new Map<string, Promise<SeenInside>>();

/** They mostly wait, so all of them at once. */
function booted(wanted: string): Promise<SeenInside> {
  for (const suite of suites) {
    const boot = boots.get(suite) ?? bootSystemd(suite);
    // Told to the tests of this one.
    boot.catch(() => {});
    boots.set(suite, boot);
  }
  return boots.get(wanted)!;
}

describe.skipIf(missing !== undefined).each(suites)(
  `sample 11-systemd on a booted systemd${missing ? ` (${missing})` : ''}: %s`,
  (suite) => {
    let seen: SeenInside;
    beforeAll(async () => {
      seen = await booted(suite);
    }, bootMs);

    /** What was seen in one scenario; a failure shows all that systemd said. */
    function of(scenario: string): object {
      const found = seen.results[scenario];
      if (found === undefined) throw new Error(`no ${scenario}: ${seen.console}\n${seen.journal}`);
      return found;
    }
    const nothingLost = { failed: [], answered: expect.any(Number) as number };

    it('start returns once the service is ready under its own user', () => {
      expect(of('start')).toMatchObject({
        started: 0,
        status: 'Serving',
        user: 'orders',
        workers: 2,
      });
    });

    it('reload loses nothing, and returns when all workers are new', () => {
      expect(of('reload')).toMatchObject({
        code: 0,
        isSamePid: true,
        areNew: true,
        ...nothingLost,
      });
    });

    it('a reload fails if the new code does, and the old code serves', () => {
      expect(of('broken reload')).toMatchObject({
        code: 1,
        status: expect.stringMatching(
          /^Serving, reload failed: worker \d+ exited with 1/,
        ) as string,
        ...nothingLost,
      });
    });

    it('restart loses nothing, and brings a new primary', () => {
      expect(of('restart')).toMatchObject({ code: 0, isSamePid: false, ...nothingLost });
    });

    it('a primary that is killed costs no request', () => {
      expect(of('killed primary')).toMatchObject({ answered: 12, failed: [], next: 'number' });
    });

    it('a worker that the kernel kills for its memory does not stop the service', (context) => {
      const found = of('killed for its memory') as { missing?: string };
      if (found.missing !== undefined) context.skip(`needs ${found.missing}`);
      expect(found).toMatchObject({
        isGone: true,
        isSamePid: true,
        state: 'active',
        result: 'success',
      });
    });

    it('root finds the service of another user by its PID, also with PrivateTmp', () => {
      expect(of('status and reload by root, with PrivateTmp')).toMatchObject({
        status: 0,
        isSamePid: true,
        without: 0,
      });
    });

    it('WatchdogSec= leaves a service alone that serves, and restarts one that does not', () => {
      expect(of('watchdog')).toMatchObject({ isSamePid: true, next: 'number' });
    });

    it('the unit works as root, too', () => {
      expect(of('as root')).toMatchObject({ reloaded: 0, isSamePid: true, status: 'Serving' });
    });

    it('Type=notify-reload waits for the reload, and does not say that it failed', () => {
      const found = of('Type=notify-reload');
      // Systemd has it since 253.
      const waits = {
        reloaded: 0,
        areNew: true,
        failed: 0,
        status: expect.stringMatching(/^Serving, reload failed/) as string,
      };
      expect(found).toMatchObject(suite === 'bookworm' ? { version: 252 } : waits);
    });

    it('stop waits for the work in flight', () => {
      expect(of('stop')).toMatchObject({ stopped: 0, answer: 'number', result: 'success' });
    });

    it('no message to systemd was lost', () => {
      expect(of('journal')).toMatchObject({ warnings: [] });
    });
  },
);
