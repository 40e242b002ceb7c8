import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findProgram } from './server-process.js';

const root = join(import.meta.dirname, '..', '..');
const sample = join(root, 'sample');
const exec = promisify(execFile);
const MIRROR = 'http://deb.debian.org/debian';
const PACKAGES = 'systemd,systemd-sysv,dbus,procps,libstdc++6';
const LONGEST_MS = 480_000;
const USER = 990;
const CAP_SYS_ADMIN = 21n;

/** Why no container can be booted here; undefined where one can. */
export function whyNoContainer(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  if (!mayMount()) return 'needs CAP_SYS_ADMIN, which this container has not';
  const missing = ['debootstrap', 'systemd-nspawn'].filter((name) => !findProgram(name));
  return missing.length > 0 ? `needs ${missing.join(' and ')}` : undefined;
}

/** Root of an ordinary container may not. */
function mayMount(): boolean {
  const [, effective] = /^CapEff:\s+(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

/** What the program in the container has seen. */
export interface SeenInside {
  readonly results: Readonly<Record<string, object>>;
  /** Of systemd and the container, for a person who looks at a failure. */
  readonly console: string;
  readonly journal: string;
}

/**
 * Boots the systemd of a Debian release with the units of sample 11 as they are shipped, has the
 * fixture `inside-systemd` try them, and powers off. Network, processes and /tmp are its own.
 */
export async function bootSystemd(suite: string): Promise<SeenInside> {
  const folder = mkdtempSync(join(tmpdir(), `nestjs-drain-${suite}-`));
  try {
    const system = join(folder, 'root');
    await exec('cp', ['-a', '--reflink=auto', await rootOf(suite), system]);
    install(system);
    const console = await boot(system, suite);
    const text = (name: string) =>
      existsSync(join(system, name)) ? readFileSync(join(system, name), 'utf8') : '';
    const results = JSON.parse(text('results.json') || '{}') as SeenInside['results'];
    return { results, console: console + text('inside.log'), journal: text('journal.txt') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installed once on each machine, outside of the repository. */
async function rootOf(suite: string): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nestjs-drain');
  const system = join(cache, `root-${suite}`);
  if (existsSync(system)) return system;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, `${suite}-`));
  try {
    const options = ['--variant=minbase', `--include=${PACKAGES}`, suite, draft, MIRROR];
    await exec(findProgram('debootstrap')!, options, { maxBuffer: 64 * 1024 * 1024 });
    await exec('chmod', ['755', draft]);
    renameSync(draft, system);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  return system;
}

function install(system: string): void {
  const units = join(system, 'etc/systemd/system');
  const app = join(system, 'srv/orders');
  writeFileSync(join(system, 'etc/machine-id'), '0123456789abcdef0123456789abcdef\n');
  appendFileSync(join(system, 'etc/passwd'), `orders:x:${USER}:${USER}::/srv/orders:/bin/sh\n`);
  appendFileSync(join(system, 'etc/group'), `orders:x:${USER}:\n`);
  copyFileSync(process.execPath, join(system, 'usr/bin/node'));

  mkdirSync(join(app, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  cpSync(join(sample, '.out/11-systemd'), join(app, 'dist'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '.bin') symlinkSync(`/repo/node_modules/${name}`, join(app, 'node_modules', name));
  }
  symlinkSync('/repo', join(app, 'node_modules/nestjs-drain'));
  const command = '../nestjs-drain/dist/cli/command.js';
  symlinkSync(command, join(app, 'node_modules/.bin/nestjs-drain'));

  for (const unit of ['orders.service', 'orders.socket']) {
    copyFileSync(join(sample, '11-systemd', unit), join(units, unit));
  }
  const program = '/repo/test/.out/test/fixtures/inside-systemd.js';
  writeFileSync(
    join(units, 'inside.service'),
    `[Service]
Type=oneshot
ExecStart=/usr/bin/node ${program}
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/inside.log
StandardError=file:/inside.log
TimeoutStartSec=${LONGEST_MS / 1000}
`,
  );
  writeFileSync(join(units, 'inside.timer'), '[Timer]\nOnBootSec=3\n');
  mkdirSync(join(units, 'timers.target.wants'), { recursive: true });
  symlinkSync('../inside.timer', join(units, 'timers.target.wants/inside.timer'));
}

/** Resolves when it has powered off. @returns what it printed */
async function boot(system: string, suite: string): Promise<string> {
  const name = `nestjs-drain-${suite}-${process.pid}`;
  const own = ['--register=no', '--keep-unit', '--private-network', `--machine=${name}`];
  const options = ['--quiet', '--boot', ...own, `--bind-ro=${root}:/repo`, `--directory=${system}`];
  const container = spawn(findProgram('systemd-nspawn')!, options, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let console = '';
  for (const stream of [container.stdout, container.stderr]) {
    stream.on('data', (chunk: Buffer) => (console += chunk.toString()));
  }
  const late = setTimeout(() => container.kill('SIGKILL'), LONGEST_MS);
  await once(container, 'exit');
  clearTimeout(late);
  return console;
}
