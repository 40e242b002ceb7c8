import type { SendHandle } from 'node:child_process';
import { join } from 'node:path';

import {
  type FromPrimary,
  type FromWorker,
  type LeaveReason,
  unwrap,
  WORKER_VARIABLE,
  wrap,
} from '../../src/restart/protocol.js';
import { bind, type ListenHandle } from '../../src/sockets/bind.js';
import type { FixtureConfig } from '../fixtures/config.js';
import { compiledFolder } from './compiled.js';
import { RunningApplication } from './running-application.js';

type Bind = Extract<FromWorker, { type: 'bind' }>;
type State = Extract<FromWorker, { type: 'state' }>;
type Report = Extract<FromWorker, { type: 'report' }>;

/** As much of a primary as its workers need: it binds their sockets. */
export class StandInPrimary {
  readonly #sockets = new Map<string, ListenHandle>();

  /** The ports that are bound, in the order they were asked for. */
  get ports(): number[] {
    return [...this.#sockets.values()].map((socket) => {
      const out: { port?: number } = {};
      socket.getsockname?.(out);
      return out.port ?? 0;
    });
  }

  get port(): number {
    return this.ports[0]!;
  }

  start(config: FixtureConfig = {}, readyPath?: string, env?: NodeJS.ProcessEnv): RunningWorker {
    return new RunningWorker(this, config, readyPath, env);
  }

  /** Starts a worker and waits until it is ready. */
  async ready(...parameters: Parameters<StandInPrimary['start']>): Promise<RunningWorker> {
    const worker = this.start(...parameters);
    await worker.message('ready');
    worker.tell({ type: 'accept' });
    await worker.message('accepting');
    return worker;
  }

  bind({ query, index }: Bind): ListenHandle | number {
    const { address, port, addressType, fd } = query;
    const key = [address, port, addressType, fd, index].join(' ');
    const socket = this.#sockets.get(key) ?? bind(query);
    if (typeof socket !== 'number') this.#sockets.set(key, socket);
    return socket;
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }
}

/** A fixture application that takes this process for its primary. */
export class RunningWorker extends RunningApplication {
  readonly messages: FromWorker[] = [];

  constructor(
    private readonly primary: StandInPrimary,
    config: FixtureConfig,
    readyPath?: string,
    env?: NodeJS.ProcessEnv,
  ) {
    const settings = JSON.stringify({ primaryPid: process.pid, readyPath });
    const preload = join(compiledFolder, 'src/restart/worker/preload.js');
    super(config, { [WORKER_VARIABLE]: settings, ...env }, [], ['--import', preload]);
  }

  get isReady(): boolean {
    return this.messages.some(({ type }) => type === 'ready');
  }

  /** What it has told about its shutdown. */
  get states(): State[] {
    return this.messages.filter((message) => message.type === 'state');
  }

  async message(type: FromWorker['type']): Promise<void> {
    await this.until(`message ${type}`, () => this.messages.some((it) => it.type === type));
  }

  async state(state: State['state']): Promise<State> {
    await this.until(`state ${state}`, () => this.states.some((it) => it.state === state));
    return this.states.find((it) => it.state === state)!;
  }

  leave(because: LeaveReason): void {
    this.tell({ type: 'leave', because });
  }

  async report(): Promise<Report> {
    const before = this.#reports.length;
    this.tell({ type: 'report', id: before + 1 });
    await this.until('report', () => this.#reports.length > before);
    return this.#reports.at(-1)!;
  }

  tell(message: FromPrimary, handle?: ListenHandle): void {
    this.send(wrap(message), handle as unknown as SendHandle);
  }

  protected override received(received: unknown): void {
    const message = unwrap(received) as FromWorker | undefined;
    if (message === undefined) return super.received(received);
    this.messages.push(message);
    if (message.type === 'bind') this.#bind(message);
  }

  #bind(message: Bind): void {
    const socket = this.primary.bind(message);
    const { id } = message;
    if (typeof socket === 'number') this.tell({ type: 'bound', id, error: socket });
    else this.tell({ type: 'bound', id }, socket);
  }

  get #reports(): Report[] {
    return this.messages.filter((message) => message.type === 'report');
  }
}
