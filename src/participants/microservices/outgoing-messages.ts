import { Broker } from '../../consumers/broker.js';
import { classNameOf } from '../../nest/built-provider.js';
import { type MakeMethod, ReplacedMethods } from '../../nest/replace-method.js';
import type { Clock } from '../../shutdown/clock.js';
import { TasksInFlight } from '../../shutdown/tasks-in-flight.js';
import { flush } from './client-flush.js';
import type { ClientProxy } from './client-proxy.js';

/**
 * What one client sends from the signal on. `emit()` connects the client with its first message,
 * and most handlers do not wait for it. A client that is closed in between loses the message, and
 * one for RabbitMQ crashes the process.
 *
 * @internal
 */
export class OutgoingMessages {
  readonly tasks: TasksInFlight;
  /** The class name of the client, such as `ClientRMQ`. */
  readonly name: string;
  readonly #broker: Broker;
  #isUsed = false;
  #hasFailed = false;
  readonly #replaced = new ReplacedMethods();

  /** @param onFailure - called once, if the broker has not confirmed a message */
  constructor(
    private readonly client: ClientProxy,
    clock: Clock,
    private readonly onFailure: (where: string, error: unknown) => void,
  ) {
    this.tasks = new TasksInFlight(clock);
    this.name = classNameOf(client) ?? 'ClientProxy';
    this.#broker = new Broker(clock);
    this.#replace('connect', (connect) => async () => this.#follow('connect', connect()));
    this.#replace(
      'dispatchEvent',
      (dispatch) => async (packet: { pattern: unknown }) =>
        this.#follow(`emit ${text(packet.pattern)}`, dispatch(packet)),
    );
    // Nest's module has copied `close` to where hooks are looked for.
    const isCopied = Reflect.get(client, 'onApplicationShutdown') === client.close;
    for (const close of isCopied ? ['close', 'onApplicationShutdown'] : ['close']) {
      this.#replace(close, (original) => async () => {
        await this.#flushed();
        return original();
      });
    }
    const connecting = client.connectionPromise ?? client.initialized;
    // Rejected if the client has lost its connection, which is no failure of a client without messages.
    if (connecting) void this.#wait('connect', connecting).catch(() => {});
  }

  restore(): void {
    this.#replaced.restore();
  }

  /** Resolves when the broker has all messages, or when a lost one has been reported. */
  async #flushed(): Promise<void> {
    await this.tasks.none();
    try {
      await flush(this.client, this.#broker, this.#isUsed);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @returns the result of the step, without a time limit */
  async #follow(what: string, step: unknown): Promise<unknown> {
    this.#isUsed = true;
    void this.#wait(what, step).catch((error: unknown) => this.#fail(error));
    return step;
  }

  /** The step is in flight until it ends, or until the broker has been silent for too long. */
  async #wait(what: string, step: unknown): Promise<void> {
    const end = this.tasks.begin(`${this.name}.${what}`);
    try {
      await this.#broker.answers(step);
    } finally {
      end();
    }
  }

  /** Reports the first failure only: without its broker, every message fails. */
  #fail(error: unknown): void {
    if (!this.#hasFailed) this.onFailure(this.name, error);
    this.#hasFailed = true;
  }

  #replace(name: string, make: MakeMethod): void {
    this.#replaced.replace(this.client, name, make);
  }
}

function text(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}
