// The application as a service: the command `nestjs-drain`, which starts and replaces its workers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { eachLine } from './lines.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const command = join(root, 'dist', 'cli', 'command.js');
const script = join(import.meta.dirname, '..', 'app', 'main.mjs');
const hooks = join(import.meta.dirname, 'leave-with-manager.mjs');
/** Two signals that come closer together count as one. */
const SIGNAL_DISTANCE_MS = 60;
const END_PATIENCE_MS = 3000;

export class Service {
  #child;
  #tell;
  #socketPath;

  /**
   * @param tell - called with `service` events (its status) and with `line` events
   * @param socketPath - where its workers reach the manager
   */
  constructor(tell, socketPath) {
    this.#tell = tell;
    this.#socketPath = socketPath;
  }

  get isRunning() {
    return this.#child !== undefined;
  }

  start() {
    if (this.isRunning) return;
    this.#tell({ type: 'service', status: 'starting' });
    const options = ['--ready-path', '/ready', '--soak', '500', '--hooks', hooks];
    const child = spawn(process.execPath, [command, script, ...options], {
      env: { ...process.env, LIVE_SOCKET: this.#socketPath, NO_COLOR: '1' },
      // Its end of the first pipe tells it when the manager is gone.
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C is for the manager, which ends it.
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (line) => this.#tell({ type: 'line', line }));
    }
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      this.#tell({ type: 'service', status: 'ended', exit: code ?? signal });
    });
  }

  reload() {
    this.#child?.kill('SIGHUP');
  }

  terminate() {
    if (this.#child?.kill('SIGTERM')) this.#tell({ type: 'service', status: 'leaving' });
  }

  /** For the end of the demo: soon, whatever is in flight. */
  async end() {
    const child = this.#child;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await sleep(SIGNAL_DISTANCE_MS);
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(END_PATIENCE_MS)]);
    this.kill();
  }

  /** The command and all its workers. */
  kill() {
    if (this.#child === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
