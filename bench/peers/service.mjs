import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { KILL_AFTER_MS } from './budget.mjs';

const program = join(import.meta.dirname, 'app', 'main.mjs');
const START_TIMEOUT_MS = 60_000;
/** Of what a service prints, as much as is worth showing where it did not start. */
const LOG_LENGTH = 4000;

/** One instance of the application with one solution, in a process of its own. */
export class Service {
  log = '';
  port = 0;
  readyPort = 0;
  /** How much work that nobody waits for has come to its end. */
  finished = 0;
  tls;
  /** Of memory, when it was last asked. */
  bytes;
  #child;
  #onLeave;
  /** Resolves at the first signal. */
  left = new Promise((resolve) => (this.#onLeave = resolve));
  #handling = 0;
  #leftAt;
  #killTimer;
  #isKilled = false;
  #wake = () => {};

  constructor(file, settings) {
    this.tls = settings.tls ?? false;
    this.#child = fork(program, [file, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: settings.tellsMemory ? ['--expose-gc'] : [],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const kill = () => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => (this.log = (this.log + chunk).slice(-LOG_LENGTH)));
    }
    this.#child.on('message', (message) => this.#told(message));
    this.exited = once(this.#child, 'exit').then(([code, signal]) => {
      process.off('exit', kill);
      clearTimeout(this.#killTimer);
      this.#wake();
      return this.#exit(code, signal);
    });
  }

  static async start(file, settings) {
    const service = new Service(file, settings);
    await service.#until(() => service.port !== 0);
    return service;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Waits until that many requests have reached the application. */
  async handling(count) {
    await this.#until(() => this.#handling >= count);
  }

  /** In bytes, after a collection; with the setting `tellsMemory`. */
  async memory() {
    this.bytes = undefined;
    this.#child.send('memory');
    await this.#until(() => this.bytes !== undefined);
    return this.bytes;
  }

  /** Sends SIGTERM. From then on its time runs, to the limit. */
  leave() {
    if (this.#hasExited) return;
    this.#leftAt = performance.now();
    this.#child.kill('SIGTERM');
    this.#onLeave();
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => {
      this.#isKilled = true;
      this.#child.kill('SIGKILL');
    }, KILL_AFTER_MS);
  }

  async stop() {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  get #hasExited() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #exit(code, signal) {
    const ms = Math.round(performance.now() - (this.#leftAt ?? 0));
    return { ms, code, signal, killed: this.#isKilled };
  }

  #told(message) {
    if (message === 'handling') this.#handling += 1;
    else Object.assign(this, message);
    this.#wake();
  }

  async #until(happened) {
    const end = performance.now() + START_TIMEOUT_MS;
    while (!happened()) {
      const left = end - performance.now();
      if (left <= 0 || this.#hasExited) {
        await this.stop();
        throw new Error(`The service did not come this far:\n${this.log}`);
      }
      await this.#change(left);
    }
  }

  async #change(ms) {
    let timer;
    await new Promise((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}
