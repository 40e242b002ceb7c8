import { classNameOf } from '../../nest/built-provider.js';
import { replaceMethod } from '../../nest/replace-method.js';
import type { Clock } from '../../shutdown/clock.js';
import { TasksInFlight } from '../../shutdown/tasks-in-flight.js';
import { Broker } from '../../connections/broker.js';
import { flush } from './client-flush.js';
import type { ClientProxy } from './client-proxy.js';

/**
 * What one client sends from the signal on. `emit()` connects the client with its first message,
 * and most handlers do not wait for it: closed in between, the client would lose the message, and
 * one for RabbitMQ would take the process along.
 *
 * @internal
 */
export class OutgoingMessages {
  readonly tasks: TasksInFlight;
  /** Of the class of the client: `ClientRMQ`. */
  readonly name: string;
  readonly #broker: Broker;
  #isUsed = false;
  #hasFailed = false;
  readonly #restores: ((() => void) | undefined)[] = [];

  /** @param onFailure - called once, if the broker has not confirmed a message */
  constructor(
    private readonly client: ClientProxy,
    clock: Clock,
    private readonly onFailure: (error: unknown) => void,
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
    // Of one that has lost its connection, this is rejected, and nobody may have used it since.
    if (connecting) void this.#wait('connect', connecting).catch(() => {});
  }

  restore(): void {
    for (const restore of this.#restores.splice(0)) restore?.();
  }

  /** The last message has been handed to the broker, or is known not to be. */
  async #flushed(): Promise<void> {
    await this.tasks.none();
    try {
      await flush(this.client, this.#broker, this.#isUsed);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @returns what the step results in, however long it takes */
  async #follow(what: string, step: unknown): Promise<unknown> {
    this.#isUsed = true;
    void this.#wait(what, step).catch((error: unknown) => this.#fail(error));
    return step;
  }

  /** It is in flight for as long as there is hope. */
  async #wait(what: string, step: unknown): Promise<void> {
    const end = this.tasks.begin(`${this.name}.${what}`);
    try {
      await this.#broker.answers(step);
    } finally {
      end();
    }
  }

  /** Once: where a broker is gone, all messages fail. */
  #fail(error: unknown): void {
    if (!this.#hasFailed) this.onFailure(error);
    this.#hasFailed = true;
  }

  #replace(name: string, make: Parameters<typeof replaceMethod>[2]): void {
    this.#restores.push(replaceMethod(this.client, name, make));
  }
}

function text(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}
