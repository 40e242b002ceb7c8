import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ControlledServiceConfig } from '../fixtures/controlled-service.js';
import { command, fixture } from '../support/compiled.js';
import { type Result, runNode } from '../support/run-node.js';

const root = join(import.meta.dirname, '..', '..');
const OK = { outcome: 'completed', replaced: 1, generation: 2 } as const;

let temp = '';
let services: ChildProcess[] = [];

beforeEach(() => {
  temp = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-drain-command-')));
  services = [];
});
afterEach(async () => {
  await Promise.all(services.map(kill));
  rmSync(temp, { recursive: true });
});

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], XDG_RUNTIME_DIR: temp, TMPDIR: temp, ...more };
}

function run(argv: readonly string[], env?: NodeJS.ProcessEnv): Promise<Result> {
  return node([command, ...argv], env);
}

function node(argv: readonly string[], env?: NodeJS.ProcessEnv): Promise<Result> {
  return runNode(argv, { cwd: temp, env: environment(env) });
}

/** @returns the process, and the path of its control socket */
async function service(config: ControlledServiceConfig = {}): Promise<[ChildProcess, string]> {
  const env = environment({ CONTROLLED_SERVICE: JSON.stringify(config) });
  const child = fork(fixture('controlled-service'), { env, cwd: temp, execArgv: [] });
  services.push(child);
  const [{ path }] = (await once(child, 'message')) as [{ path: string }];
  return [child, path];
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the command nestjs-drain', () => {
  it('prints its usage', async () => {
    const { status, stdout, stderr } = await run(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('nestjs-drain [options] <script>');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('can be run from a shell', () => {
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('refuses wrong usage with every problem, and exits with 2', async () => {
    const { status, stdout, stderr } = await run(['--workers', '0', '--soak', 'x', 'nowhere.js']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const wrong of [`--workers is '0'`, `--soak is 'x'`, `the script is 'nowhere.js'`]) {
      expect(stderr).toContain(`\n  - ${wrong}, expected `);
    }
  });

  it('refuses hooks that cannot be loaded, and exits with 2', async () => {
    writeFileSync(join(temp, 'main.js'), '');
    writeFileSync(join(temp, 'hooks.mjs'), 'throw new Error("no database")');
    const { status, stderr } = await run(['main.js', '--hooks', 'hooks.mjs']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^nestjs-drain: the hooks in .*hooks\.mjs .*: no database\n$/);
  });
});

describe('if a platform replaces processes itself, the application runs in the process of the command', () => {
  const kubernetes = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const said = `[process.pid, ...process.argv.slice(1), process.env.NESTJS_DRAIN_WORKER]`;

  it.each([
    ['CommonJS', 'commonjs', `console.log(JSON.stringify([require.main === module, ...${said}]))`],
    ['ES module', 'module', `await 0; console.log(JSON.stringify([true, ...${said}]))`],
  ])('%s, as the main module', async (_, type, source) => {
    mkdirSync(join(temp, 'dist'));
    writeFileSync(join(temp, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(temp, 'dist/main.js'), `${source};\nprocess.exitCode = 7;`);
    const argv = ['dist/main', '--workers', '2', '--', '--port', '1'];
    const { status, stdout, stderr } = await run(argv, kubernetes);
    const [isMain, pid, ...args] = JSON.parse(stdout) as unknown[];
    expect({ status, isMain, args }).toEqual({
      status: 7,
      isMain: true,
      args: [join(temp, 'dist/main.js'), '--port', '1', null],
    });
    expect(stderr).toMatch(new RegExp(`${String(pid)} .*WARN This is Kubernetes, which replaces`));
    expect(stderr).toContain('ignored: --workers\n');
  });

  it('where an error of the script is uncaught, as with node', async () => {
    writeFileSync(
      join(temp, 'main.cjs'),
      `process.on('uncaughtException', ({ message }) => console.log(message)); throw Error('own');`,
    );
    const { status, stdout } = await run(['main.cjs'], kubernetes);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'own\n' });
  });

  it('in a worker of node:cluster', async () => {
    writeFileSync(
      join(temp, 'cluster.cjs'),
      `const cluster = require('node:cluster');
       cluster.setupPrimary({ exec: ${JSON.stringify(command)}, args: ['main.cjs'] });
       cluster.fork().on('message', (pid) => console.log('main', pid === cluster.workers[1].process.pid));`,
    );
    writeFileSync(join(temp, 'main.cjs'), 'process.send(process.pid, () => process.disconnect());');
    const { stdout, stderr } = await node(['cluster.cjs']);
    expect(stderr).toContain('WARN This process is a node:cluster worker');
    expect(stdout).toBe('main true\n');
  });
});

describe('nestjs-drain status', () => {
  it('prints a table', async () => {
    const [{ pid }] = await service();
    const { status, stdout } = await run(['status']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^PID ${pid}, up 1m 1s since .*, 1 ready, 1 wanted`));
    expect(stdout).toMatch(/\n +1 +1 +1 +1m +ready +7\n$/);
  });

  it('prints JSON with --json', async () => {
    const [{ pid }] = await service();
    const { stdout } = await run(['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ pid, workers: [{ phase: 'ready', inFlight: 7 }] });
  });
});

describe('nestjs-drain reload', () => {
  it('returns once it was accepted', async () => {
    const [child] = await service();
    const asked = once(child, 'message');
    expect(await run(['reload'])).toEqual({ status: 0, stdout: 'reload accepted\n', stderr: '' });
    expect(await asked).toContain('reload');
  });

  it('says with --wait that all workers were replaced, and exits with 0', async () => {
    await service({ reload: OK });
    expect(await run(['reload', '--wait'])).toEqual({
      status: 0,
      stdout: 'reload: 1 worker replaced, generation 2\n',
      stderr: '',
    });
  });

  it('says with --wait why they were not, and exits with 1', async () => {
    await service({
      reload: { outcome: 'failed', replaced: 0, generation: 2, reason: 'not ready' },
    });
    expect(await run(['reload', '--wait'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'reload: failed, 0 workers replaced: not ready\n',
    });
  });

  it('says with --wait that the service has ended meanwhile, and exits with 1', async () => {
    const [child] = await service();
    const waiting = run(['reload', '--wait']);
    await once(child, 'message');
    await kill(child);
    expect(await waiting).toEqual({
      status: 1,
      stdout: '',
      stderr: 'nestjs-drain: the service ended before it answered\n',
    });
  });
});

describe('the service that a command addresses', () => {
  it('has to be running', async () => {
    const { status, stderr } = await run(['reload', '--wait']);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^nestjs-drain: no service of user \d+ is running\. /);
  });

  it('has to be named if there are several', async () => {
    const [first] = await service();
    const [second] = await service();
    const { status, stderr } = await run(['status']);
    expect(status).toBe(2);
    expect(stderr).toContain('several services are running, PIDs ');
    for (const { pid } of [first, second]) {
      expect(stderr).toContain(`${pid}`);
      const { stdout } = await run(['status', '--json', '--pid', `${pid}`]);
      expect(JSON.parse(stdout)).toMatchObject({ pid });
    }
  });

  it('can be named by its PID file', async () => {
    const [, { pid }] = [await service(), (await service())[0]];
    const file = join(temp, 'service.pid');
    writeFileSync(file, `${pid}\n`);
    const { stdout } = await run(['status', '--json', '--pid-file', 'service.pid']);
    expect(JSON.parse(stdout)).toMatchObject({ pid });
  });

  it('can be named by its control socket, wherever that is', async () => {
    const [{ pid }, path] = await service({ control: join(temp, 'own.sock') });
    expect(path).toBe(join(temp, 'own.sock'));
    expect((await run(['status'])).status).toBe(3);
    const { stdout } = await run(['status', '--json', '--control', 'own.sock']);
    expect(JSON.parse(stdout)).toMatchObject({ pid });
  });

  it.each([
    ['a PID of nobody', ['--pid', '4194304'], 'is running with the PID 4194304'],
    ['a PID file that is not there', ['--pid-file', 'x'], 'the PID file cannot be read: ENOENT'],
    ['a PID file that is none', ['--pid-file', 'notes.txt'], 'notes.txt does not contain a PID'],
    ['a socket that is not there', ['--control', 'x.sock'], 'x.sock (connect ENOENT'],
  ])('is reported as not running: %s', async (_, argv, problem) => {
    writeFileSync(join(temp, 'notes.txt'), 'dear diary');
    await service();
    const { status, stderr } = await run(['status', ...argv]);
    expect(status).toBe(3);
    expect(stderr).toContain(problem);
  });
});

it('a script in TypeScript does not start, and the error says to build it', async () => {
  writeFileSync(join(temp, 'main.ts'), '@Module({}) class AppModule {}');
  const { status, stderr } = await run(['main.ts']);
  expect(status).toBe(1);
  expect(stderr).toContain('cannot run Nest from TypeScript: build, and name dist/main.js');
});

describe('a service that was killed', () => {
  it('leaves a socket that the next command removes', async () => {
    const [killed, stale] = await service();
    const [{ pid }] = await service();
    await kill(killed);
    expect(existsSync(stale)).toBe(true);
    const { stdout } = await run(['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ pid });
    expect(existsSync(stale)).toBe(false);
  });

  it('leaves a socket that the next service removes', async () => {
    const [killed, stale] = await service();
    await kill(killed);
    await service();
    expect(existsSync(stale)).toBe(false);
  });

  it('leaves a socket that the next service takes over', async () => {
    const [killed, path] = await service({ control: join(temp, 'own.sock') });
    await kill(killed);
    const [{ pid }] = await service({ control: path });
    const { stdout } = await run(['status', '--json', '--control', path]);
    expect(JSON.parse(stdout)).toMatchObject({ pid });
  });
});

it('the control socket does not hold the process, nor do its clients', async () => {
  const [child, path] = await service();
  const idle = connect(path).on('error', () => {});
  const waiting = run(['reload', '--wait']);
  await once(child, 'message');
  child.disconnect();
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  expect((await waiting).status).toBe(1);
  idle.destroy();
});
