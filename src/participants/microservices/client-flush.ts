import type { Socket } from 'node:net';

import type { Broker } from '../../connections/broker.js';
import type { ClientProxy } from './client-proxy.js';

/** Of amqp-connection-manager. */
interface ChannelWrapper {
  addSetup(setup: (channel: { waitForConfirms?(): Promise<unknown> }) => unknown): Promise<void>;
  queueLength(): number;
  on(event: 'error', listener: () => void): unknown;
}

/** Of mqtt.js: what the broker has not acknowledged yet. */
interface MqttClient {
  readonly outgoing?: Readonly<Record<number, unknown>>;
}

/** Where each client of Nest keeps the client of the library below. */
interface Drivers {
  readonly channel?: ChannelWrapper | null;
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
  if (channel) await flushChannel(channel, broker);
  if (mqttClient) await broker.does(() => Object.keys(mqttClient.outgoing ?? {}).length === 0);
  // Nothing tells what a lost connection still holds, so one that was not used is no failure.
  if (isUsed && natsClient?.isClosed() === false) await broker.answers(natsClient.flush());
  const { netSocket } = socket ?? {};
  if (netSocket) await broker.does(() => netSocket.destroyed || netSocket.writableLength === 0);
}

async function flushChannel(channel: ChannelWrapper, broker: Broker): Promise<void> {
  // One that is closed while it is set up tells so by this event, which nobody listens to.
  channel.on('error', () => {});
  await broker.does(() => channel.queueLength() === 0);
  // Runs at once, with the channel that is open now.
  await broker.answers(channel.addSetup((open) => open.waitForConfirms?.()));
}
