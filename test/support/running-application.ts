import { type ChildProcess, type SendHandle, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { FixtureConfig, FixtureEvent } from '../fixtures/config.js';
import { fixture } from './compiled.js';

const testFolder = join(import.meta.dirname, '..');
const startTimeoutMs = 60_000;
const lookAgainMs = 50;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** When the process was seen to be gone. */
  readonly at: number;
}

const running = new Set<RunningApplication>();

/** A fixture application in a process of its own. */
export class RunningApplication {
  readonly events: FixtureEvent[] = [];
  /** All that the process printed. */
  log = '';
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #changed = deferred();

  /**
   * @param wrapper - a command that runs the program given to it
   * @param nodeOptions - of the process, before its script
   */
  constructor(
    config: FixtureConfig,
    env: NodeJS.ProcessEnv = {},
    wrapper: string[] = [],
    nodeOptions: string[] = [],
  ) {
    const program = fixture(config.program ?? 'app');
    const command = [...wrapper, process.execPath, ...nodeOptions, program];
    this.#child = spawn(command[0]!, command.slice(1), {
      env: {
        PATH: process.env['PATH'],
        FIXTURE: JSON.stringify(config),
        FIXTURE_FILES: join(testFolder, 'fixtures'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(this);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
        this.#notify();
      });
    }
    this.#child.on('message', (message) => {
      this.received(message);
      this.#notify();
    });
    this.exited = once(this.#child, 'exit').then(([code, signal]) => {
      running.delete(this);
      this.#notify();
      return { code, signal, at: Date.now() };
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get port(): number {
    return this.ports[0]!;
  }

  get ports(): number[] {
    return this.events
      .filter(({ name }) => name === 'listening')
      .map(({ detail }) => (detail as { port: number }).port);
  }

  /** The names of what happened, in order. */
  get order(): string[] {
    return this.events.map(({ name }) => name);
  }

  /** @returns when it was sent */
  signal(signal: NodeJS.Signals): number {
    this.#child.kill(signal);
    return Date.now();
  }

  /** Has the application call `close()`. */
  close(): void {
    this.send('close');
  }

  /** Waits for the `count`-th event of that name. */
  async event(name: string, count = 1): Promise<FixtureEvent> {
    await this.until(`event ${name}`, () => this.order.filter((n) => n === name).length >= count);
    return this.events.filter((event) => event.name === name)[count - 1]!;
  }

  async logged(text: string | RegExp): Promise<void> {
    await this.until(`log ${String(text)}`, () =>
      typeof text === 'string' ? this.log.includes(text) : text.test(this.log),
    );
  }

  async until(what: string, happened: () => boolean, ms = startTimeoutMs): Promise<void> {
    const end = Date.now() + ms;
    while (!happened()) {
      if (Date.now() > end) throw new Error(`no ${what} in ${ms} ms. Log:\n${this.log}`);
      await Promise.race([this.#changed.promise, sleep(lookAgainMs)]);
    }
  }

  send(message: object | string, handle?: SendHandle): void {
    this.#child.send(message, handle);
  }

  /** Nobody reads what it prints any more. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** As its parent's death does. */
  disconnect(): void {
    this.#child.disconnect();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  protected received(message: unknown): void {
    this.events.push(message as FixtureEvent);
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = deferred();
  }
}

/** Starts a fixture application and waits until it listens. */
export async function start(
  config: FixtureConfig = {},
  env?: NodeJS.ProcessEnv,
): Promise<RunningApplication> {
  const application = new RunningApplication(config, env);
  await application.event('listening');
  return application;
}

/** Ends what a failed test has left; for `afterEach`. */
export async function endAll(): Promise<void> {
  await Promise.all(
    [...running].map(async (application) => {
      application.kill();
      await application.exited;
    }),
  );
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
