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
  readonly #restores: ((() => void) | undefined)[] = [];

  /** @param onFailure - a message that the broker has not confirmed */
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
    if (connecting) void this.#follow('connect', connecting).catch(() => {});
  }

  restore(): void {
    for (const restore of this.#restores.splice(0)) restore?.();
  }

  /** The last message has been handed to the broker, or is known not to be. */
  async #flushed(): Promise<void> {
    await this.tasks.none();
    try {
      await flush(this.client, this.#broker);
    } catch (error) {
      this.onFailure(error);
    }
  }

  /** @returns what the step results in, however long it takes; it is in flight for a while only */
  async #follow(what: string, step: unknown): Promise<unknown> {
    const end = this.tasks.begin(`${this.name}.${what}`);
    void this.#broker.answers(step).catch(this.onFailure).finally(end);
    return step;
  }

  #replace(name: string, make: Parameters<typeof replaceMethod>[2]): void {
    this.#restores.push(replaceMethod(this.client, name, make));
  }
}

function text(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}
