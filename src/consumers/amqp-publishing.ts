import type { Broker } from './broker.js';

/** The part of a channel of amqp-connection-manager that is used here. It reopens when it is lost. @internal */
export interface PublishingChannel {
  /** Runs at once with the channel that is open, and again with each that is opened later. */
  addSetup(setup: (channel: { waitForConfirms?(): Promise<unknown> }) => unknown): Promise<void>;
  /** How many messages wait to be sent. */
  queueLength(): number;
  on(event: 'error', listener: () => void): unknown;
  close(): Promise<void>;
}

/**
 * Waits until RabbitMQ has what was published.
 *
 * @throws if it does not take it
 * @internal
 */
export async function flushPublished(channel: PublishingChannel, broker: Broker): Promise<void> {
  // A channel that closes during its setup emits `error`, which would be uncaught.
  channel.on('error', () => {});
  try {
    await broker.does(() => channel.queueLength() === 0);
    await broker.answers(channel.addSetup((open) => open.waitForConfirms?.()));
  } catch (error) {
    // It would reject what is left, mostly with nobody to handle that, which would end the process
    // before its hooks have run.
    channel.close = async () => {};
    throw error;
  }
}
