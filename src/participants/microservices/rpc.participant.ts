import { count } from '../../shutdown/amounts.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { RpcCalls } from './rpc-calls.js';
import type { RpcTransport } from './rpc-transport.js';
import { isBroker } from './rpc-transports.js';

/**
 * One server of a microservice: intake stops, handlers end, replies go out, then Nest closes it.
 *
 * @internal
 */
export class RpcParticipant implements DrainParticipant {
  #stopsAt: 'grace' | 'last' | undefined;
  #stopped: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly transport: RpcTransport,
    private readonly calls: RpcCalls,
    private readonly stop: () => 'grace' | 'last',
  ) {}

  /** Known when the shutdown begins: by then the application has all its clients. */
  get stopsAt(): 'grace' | 'last' {
    return (this.#stopsAt ??= this.stop());
  }

  takesWork(): boolean {
    return true;
  }

  hasStoppedConsumers(): boolean {
    return isBroker(this.name) && this.#stopsAt === 'grace';
  }

  async stopIntake(): Promise<void> {
    await this.transport.handOver?.();
  }

  active(): number {
    return this.calls.active;
  }

  tasks(): readonly DrainTask[] {
    return this.calls.tasks();
  }

  waitsFor(): string {
    return `the broker or the clients of ${this.name}`;
  }

  async drain(): Promise<void> {
    const stopLooking = this.calls.endIdleStreams(this.transport.isGone?.bind(this.transport));
    try {
      await this.#drain();
    } finally {
      stopLooking();
    }
  }

  async #drain(): Promise<void> {
    this.#stopped ??= Promise.resolve(this.transport.stop?.());
    // Handlers in flight are awaited even if the broker does not answer.
    const steps = await Promise.allSettled([this.#stopped]);
    let seen: number;
    do {
      seen = this.calls.begun;
      await this.calls.idle();
      steps.push(...(await Promise.allSettled([this.#lastReplies()])));
    } while (this.calls.begun > seen);
    const failed = steps.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  }

  force(): void {
    this.calls.cutStreams();
    this.transport.force?.();
  }

  summary(): string | undefined {
    const { endedStreams } = this.calls;
    return endedStreams === 0 ? undefined : `${count(endedStreams, 'reply stream')} ended`;
  }

  async #lastReplies(): Promise<void> {
    await this.calls.replied();
    await this.transport.flush?.();
  }
}
