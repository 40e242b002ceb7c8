import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SystemdNotifier } from '../../src/supervisors/systemd-notifier.js';
import { fixture } from '../support/compiled.js';
import { endProcesses, LoggedProcess } from '../support/logged-process.js';
import { findProgram } from '../support/server-process.js';

/** Prints the messages that systemd would get. Node has no such sockets; Debian always has Perl. */
const receiver = `use Socket; $| = 1;
socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; print "receiving\n";
while (defined recv(S, $message, 4096, 0)) { print "[$message]\n" }`;

describe.skipIf(findProgram('systemd-notify') === undefined)('sd_notify:', () => {
  let folder = '';
  let socket = '';
  let manager: LoggedProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'));
    socket = join(folder, 'notify');
    manager = new LoggedProcess(['perl', '-e', receiver, socket]);
    await manager.logged(/receiving/);
  });

  afterEach(async () => {
    await endProcesses();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(env: NodeJS.ProcessEnv = {}): LoggedProcess {
    const options = JSON.stringify({ options: { drainTimeoutMs: 7000, closeTimeoutMs: 1000 } });
    return new LoggedProcess([process.execPath, fixture('supervised')], {
      env: { NOTIFY_SOCKET: socket, FIXTURE: options, ...env },
    });
  }

  it('READY is sent when the service listens, and STOPPING with the time it needs', async () => {
    const app = start();
    await manager.logged(new RegExp(`READY=1\nMAINPID=${app.pid}\nSTATUS=Serving`));
    expect(app.log).toContain('application successfully started');
    expect(manager.log).not.toContain('STOPPING');
    app.child.kill('SIGTERM');
    await manager.logged(/STOPPING=1\nEXTEND_TIMEOUT_USEC=10000000\nSTATUS=Leaving/);
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it('there is one warning without the program, and the service keeps running', async () => {
    const app = start({ PATH: folder });
    await app.logged(/systemd may not know.*ENOENT/);
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log.match(/WARN/g)).toHaveLength(1);
  });

  it('there is one warning without a reader, and the service keeps running', async () => {
    const app = start({ NOTIFY_SOCKET: join(folder, 'nobody') });
    await app.logged(/systemd may not know.*code 1/);
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log.match(/WARN/g)).toHaveLength(1);
  });

  it('a helper killed by a signal to the whole group is started again', async () => {
    const helper = join(folder, 'systemd-notify');
    const real = findProgram('systemd-notify')!;
    const source = `[ -e '${folder}/ended' ] || { touch '${folder}/ended'; kill -TERM $$; }`;
    writeFileSync(helper, `#!/bin/sh\n${source}\nexec ${real} "$@"\n`, { mode: 0o755 });
    const app = start({ PATH: `${folder}:${process.env['PATH']}` });
    await manager.logged(/STATUS=Serving/);
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it('WatchdogSec= is answered at half its time while the service is healthy', async () => {
    const warnings: string[] = [];
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000', WATCHDOG_PID: `${process.pid}` };
    const notifier = SystemdNotifier.fromEnvironment(env, (message) => warnings.push(message))!;
    let isWell = true;
    notifier.watch(() => isWell);
    await manager.logged(/(\[WATCHDOG=1\][^]*){3}/);
    isWell = false;
    await sleep(1000);
    const count = manager.log.match(/WATCHDOG/g)!.length;
    await sleep(1000);
    expect(manager.log.match(/WATCHDOG/g)).toHaveLength(count);
    expect(warnings).toEqual([]);
  });

  it('messages arrive in order, with the clock that systemd reads', async () => {
    const warnings: string[] = [];
    const notifier = SystemdNotifier.fromEnvironment({ NOTIFY_SOCKET: socket }, (message) =>
      warnings.push(message),
    )!;
    const before = process.hrtime.bigint() / 1000n;
    notifier.reloading();
    notifier.status('worker 2 of 2\nis new');
    notifier.ready('generation 2');
    await manager.logged(/generation 2\]/);

    const messages = manager.log.replaceAll(/\[BARRIER=1\]\n|\d{3,}/g, '');
    expect(messages).toBe(
      'receiving\n[RELOADING=1\nMONOTONIC_USEC=\nSTATUS=Reloading]\n' +
        '[STATUS=worker 2 of 2 is new]\n[READY=1\nMAINPID=\nSTATUS=generation 2]\n',
    );
    const [, at] = /MONOTONIC_USEC=(\d+)/.exec(manager.log)!;
    expect(BigInt(at!) - before).toBeGreaterThanOrEqual(0n);
    expect(BigInt(at!) - before).toBeLessThan(1_000_000n);
    expect(warnings).toEqual([]);
  });
});

it('nothing is sent to systemd without a service manager', () => {
  expect(SystemdNotifier.fromEnvironment({}, () => {})).toBeUndefined();
  expect(SystemdNotifier.fromEnvironment({ NOTIFY_SOCKET: '' }, () => {})).toBeUndefined();
});
