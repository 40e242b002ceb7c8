import type { Socket } from 'node:net';

import { flushPublished, type PublishingChannel } from '../../consumers/amqp-publishing.js';
import type { Broker } from '../../consumers/broker.js';
import type { ClientProxy } from './client-proxy.js';

/** The part of a client of mqtt.js that is used here. */
interface MqttClient {
  /** What the broker has not acknowledged yet. */
  readonly outgoing?: Readonly<Record<number, unknown>>;
}

/** Where each client of Nest keeps the client of the library below. */
interface Drivers {
  readonly channel?: PublishingChannel | null;
  readonly mqttClient?: MqttClient | null;
  readonly natsClient?: { flush(): Promise<void>; isClosed(): boolean } | null;
  readonly socket?: { readonly netSocket?: Socket } | null;
}

/**
 * Waits until the broker has what a client was handed. For Redis and Kafka nothing is left to do:
 * they answer each message.
 *
 * @param isUsed - whether it has sent since the signal
 * @throws if the broker does not take it
 * @internal
 */
export async function flush(client: ClientProxy, broker: Broker, isUsed: boolean): Promise<void> {
  const { channel, mqttClient, natsClient, socket } = client as Drivers;
  if (channel) await flushPublished(channel, broker);
  if (mqttClient) await broker.does(() => Object.keys(mqttClient.outgoing ?? {}).length === 0);
  // A lost connection does not show what it still holds: it is no failure if it was not used.
  if (isUsed && natsClient?.isClosed() === false) await broker.answers(natsClient.flush());
  const { netSocket } = socket ?? {};
  if (netSocket) await broker.does(() => netSocket.destroyed || netSocket.writableLength === 0);
}
