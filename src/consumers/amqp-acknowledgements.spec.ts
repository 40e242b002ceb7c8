import { beforeEach, expect, it, vi } from 'vitest';

import { AmqpAcknowledgements } from './amqp-acknowledgements.js';

const channel = {
  ack: vi.fn<(message: unknown) => void>(),
  nack: vi.fn<(message: unknown) => void>(),
  cancel: vi.fn<(tag: string) => Promise<unknown>>(),
};
let acknowledgements: AmqpAcknowledgements;

beforeEach(() => void vi.resetAllMocks());

function follow(): typeof channel {
  const followed = { ...channel };
  acknowledgements = new AmqpAcknowledgements(followed);
  return followed;
}

it('acknowledgements are confirmed with the broker once, and only if there were any', async () => {
  const followed = follow();
  await acknowledgements.received();
  expect(channel.cancel).not.toHaveBeenCalled();
  followed.ack('message');
  await acknowledgements.received();
  await acknowledgements.received();
  expect(channel.ack).toHaveBeenCalledWith('message');
  expect(channel.cancel).toHaveBeenCalledOnce();
});

it('an acknowledgement on a closed channel fails, for the drain as for its caller', async () => {
  const followed = follow();
  channel.nack.mockImplementation(() => {
    throw new Error('Channel closed');
  });
  expect(() => followed.nack('message')).toThrow('Channel closed');
  await expect(acknowledgements.received()).rejects.toThrow(/not acknowledged.*Channel closed/);
});

it('an acknowledgement fails if the channel ends before the broker has answered', async () => {
  const followed = follow();
  channel.cancel.mockRejectedValue(new Error('Channel ended'));
  followed.ack('message');
  await expect(acknowledgements.received()).rejects.toThrow(/not acknowledged.*Channel ended/);
});
