import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const startTimeoutMs = 60_000;
const lookAgainMs = 50;
/** Linux gives ports from 32768 on to who does not name one. */
const firstPort = 10_000;
const portsOfWorker = 5000;
const workersWithPorts = 4;
/** Of this process; from anywhere, for the sake of other runs on the same machine. */
let ports = randomInt(portsOfWorker);
/** One folder for each major version, as Debian has it. */
const postgresFolder = '/usr/lib/postgresql';
const postgresVersions = existsSync(postgresFolder) ? readdirSync(postgresFolder) : [];
/** Where Debian puts servers, which is not always in the path. */
const folders = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  ...postgresVersions.map((version) => join(postgresFolder, version, 'bin')),
];

/** @returns the program's path; undefined where it is not installed */
export function findProgram(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A port that was free a moment ago, and that nobody takes until it is used: below those that the
 * kernel gives to `listen(0)` and to clients, and in a range of this worker's own.
 */
export async function freePort(): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % workersWithPorts;
  const port = firstPort + worker * portsOfWorker + (ports++ % portsOfWorker);
  return (await isFree(port)) ? port : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Debian's user without rights, under whom a server runs that refuses to run as root. */
const nobody = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;

interface ServerOptions {
  readonly env?: (port: number, folder: string) => NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What ends it. Default: SIGKILL, to its whole group. */
  readonly end?: NodeJS.Signals;
}

/** A server of a test's own, on a free port, with a folder of its own. */
export class ServerProcess {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly end: NodeJS.Signals,
  ) {}

  /**
   * Resolves when the server accepts connections.
   *
   * @param argumentsFor - given its port and a folder for its files
   */
  static async start(
    program: string,
    argumentsFor: (port: number, folder: string) => string[],
    { env, user, end: endSignal = 'SIGKILL' }: ServerOptions = {},
  ): Promise<ServerProcess> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'));
    const path = findProgram(program) ?? program;
    // A group of its own: RabbitMQ's script starts the server below itself.
    const child = spawn(path, argumentsFor(port, folder), {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: folders.join(delimiter), ...env?.(port, folder) },
      ...user,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const server = new ServerProcess(port, child, folder, endSignal);
    const end = Date.now() + startTimeoutMs;
    while (!(await accepts(port))) {
      if (child.exitCode !== null || Date.now() > end) {
        await server.stop();
        throw new Error(`${program} did not start:\n${output}`);
      }
      await sleep(lookAgainMs);
    }
    return server;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      process.kill(-this.child.pid!, this.end);
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export function startRedis(): Promise<ServerProcess> {
  return ServerProcess.start('redis-server', (port, folder) =>
    `--port ${port} --bind 127.0.0.1 --dir ${folder} --appendonly no`.split(' '),
  );
}

export function startNats(): Promise<ServerProcess> {
  return ServerProcess.start('nats-server', (port) => ['-a', '127.0.0.1', '-p', String(port)]);
}

export function startMosquitto(): Promise<ServerProcess> {
  return ServerProcess.start('mosquitto', (port, folder) => {
    const file = join(folder, 'mosquitto.conf');
    writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
    return ['-c', file];
  });
}

/** Debian's wrapper would run this as another user, who may not write to our folder. */
const rabbitMqScript = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export async function startRabbitMq(): Promise<ServerProcess> {
  const distributionPort = await freePort();
  return ServerProcess.start(
    isExecutable(rabbitMqScript) ? rabbitMqScript : 'rabbitmq-server',
    () => [],
    {
      env: (port, folder) => ({
        HOME: folder,
        RABBITMQ_NODENAME: `drain-${port}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
        RABBITMQ_LOG_BASE: join(folder, 'log'),
        RABBITMQ_LOGS: '-',
        RABBITMQ_PID_FILE: join(folder, 'pid'),
        // None of the machine's settings.
        RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
        RABBITMQ_CONF_ENV_FILE: join(folder, 'env'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      }),
    },
  );
}

/** For the user `postgres`, who needs no password. */
export function startPostgres(): Promise<ServerProcess> {
  const user = isRoot ? nobody : {};
  return ServerProcess.start(
    'postgres',
    (port, folder) => {
      const data = join(folder, 'data');
      if (isRoot) chownSync(folder, nobody.uid, nobody.gid);
      const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync'];
      execFileSync(findProgram('initdb')!, initdb, { ...user, cwd: folder, stdio: 'pipe' });
      const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
      return ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    },
    // Its way to leave at once and give back its shared memory.
    { ...(isRoot && { user: nobody }), end: 'SIGQUIT' },
  );
}
