import { describe, expect, it } from 'vitest';

import { FakeChannel } from '../../../test/support/fake-channel.js';
import type { ListenHandle, ListenQuery } from '../../sockets/bind.js';
import { type FromPrimaryUnasked, PrimaryLink } from './primary-link.js';

const QUERY: ListenQuery = { address: null, port: 3000, addressType: 4 };

function handle(): ListenHandle {
  return { listen: () => 0, close: () => {} };
}

describe('PrimaryLink', () => {
  it('matches each answer to its request', async () => {
    const channel = new FakeChannel();
    const link = new PrimaryLink(channel);
    const [first, second] = [link.bind(QUERY, 0), link.bind({ ...QUERY, port: 0 }, 1)];
    expect(channel.sent).toEqual([
      { type: 'bind', id: 1, query: QUERY, index: 0 },
      { type: 'bind', id: 2, query: { ...QUERY, port: 0 }, index: 1 },
    ]);
    const bound = handle();
    channel.receive({ type: 'bound', id: 2 }, bound);
    channel.receive({ type: 'bound', id: 1, error: -98 });
    expect(await second).toBe(bound);
    expect(await first).toBe(-98);
  });

  it('keeps the event loop alive while a request is pending or a hold exists', async () => {
    const channel = new FakeChannel();
    const link = new PrimaryLink(channel);
    expect(channel.isHeld).toBe(false);
    const bound = link.bind(QUERY, 0);
    const release = link.hold();
    channel.receive({ type: 'bound', id: 1 }, handle());
    await bound;
    expect(channel.isHeld).toBe(true);
    release();
    release();
    expect(channel.isHeld).toBe(false);
  });

  it('passes on messages of the primary, and ignores those for the application', () => {
    const channel = new FakeChannel();
    const link = new PrimaryLink(channel);
    const received: FromPrimaryUnasked[] = [];
    link.onMessage = (message) => received.push(message);
    for (const foreign of ['shutdown', { cmd: 'x' }, null, undefined, 1]) {
      channel.receiveForeign(foreign);
    }
    channel.receive({ type: 'force' });
    expect(received).toEqual([{ type: 'force' }]);
  });

  it('reports that the primary is gone, even if it went before anybody asked', () => {
    const channel = new FakeChannel();
    let lost = 0;
    new PrimaryLink(channel).onLost(() => (lost += 1));
    expect(lost).toBe(0);
    channel.disconnect();
    expect(lost).toBe(1);
    new PrimaryLink(channel).onLost(() => (lost += 1));
    expect(lost).toBe(2);
  });
});
