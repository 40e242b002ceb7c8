import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:net';
import { constants } from 'node:os';

import { describe, expect, it } from 'vitest';

import type { Errno, ListenHandle, ListenQuery } from '../../sockets/bind.js';
import { SharedListeners } from './shared-listeners.js';

const PORT_0: ListenQuery = { address: '127.0.0.1', port: 0, addressType: 4, flags: 0 };
const PORT_3000: ListenQuery = { ...PORT_0, port: 3000 };
const EADDRINUSE = -constants.errno.EADDRINUSE;

/** `listen` is a method of its class, as of Node's own handles. */
class Handle implements ListenHandle {
  readonly backlogs: number[] = [];
  isClosed = false;

  constructor(private readonly error: Errno = 0) {}

  listen(backlog: number): number {
    this.backlogs.push(backlog);
    return this.error;
  }

  close(): void {
    this.isClosed = true;
  }
}

class FakeServer extends EventEmitter {
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }
}

/** A primary that binds whatever it is asked for. */
class Link {
  readonly asked: { readonly query: ListenQuery; readonly index: number }[] = [];
  holds = 0;
  answer: Errno | undefined;
  listenError: Errno = 0;

  async bind(query: ListenQuery, index: number): Promise<ListenHandle | Errno> {
    this.asked.push({ query, index });
    return this.answer ?? new Handle(this.listenError);
  }

  hold(): () => void {
    this.holds += 1;
    return () => void (this.holds -= 1);
  }
}

function setup() {
  const link = new Link();
  const listeners = new SharedListeners(link);
  const server = new FakeServer();
  const take = async (query: ListenQuery) =>
    (await listeners.take(query, server as unknown as Server)) as Handle;
  return { link, listeners, server, take };
}

describe('SharedListeners', () => {
  it('pretends to a server that it listens, and listens once opened', async () => {
    const { link, listeners, take } = setup();
    const handle = await take(PORT_3000);
    expect(handle.listen(511)).toBe(0);
    expect(handle.backlogs).toEqual([]);
    expect(link.holds).toBe(1);
    listeners.open();
    expect(handle.backlogs).toEqual([511]);
    expect(link.holds).toBe(0);
  });

  it('does not open what was closed meanwhile', async () => {
    const { link, listeners, take } = setup();
    const handle = await take(PORT_3000);
    handle.listen(511);
    handle.close();
    expect(link.holds).toBe(0);
    listeners.open();
    expect(handle).toMatchObject({ backlogs: [], isClosed: true });
  });

  it('listens at once if already open, even for a server that asked before', async () => {
    const { listeners, take } = setup();
    const early = await take(PORT_0);
    listeners.open();
    const late = await take(PORT_0);
    early.listen(1);
    late.listen(2);
    expect([early.backlogs, late.backlogs]).toEqual([[1], [2]]);
  });

  it('tells servers on port 0 apart by their order', async () => {
    const { link, take } = setup();
    const [first] = await Promise.all([take(PORT_0), take(PORT_0)]);
    await take({ ...PORT_0, address: null });
    expect(link.asked.map(({ index }) => index)).toEqual([0, 1, 0]);
    first.close();
    await take(PORT_0);
    expect(link.asked.at(-1)!.index).toBe(0);
  });

  it('asks the primary only for what is needed to bind', async () => {
    const { link, take } = setup();
    await take({ ...PORT_3000, backlog: 0 } as ListenQuery);
    expect(link.asked[0]!.query).toEqual(PORT_3000);
  });

  it('refuses a second server on the same port until the first one closes', async () => {
    const { link, take } = setup();
    const first = await take(PORT_3000);
    expect(await take(PORT_3000)).toBe(EADDRINUSE);
    first.close();
    expect(await take(PORT_3000)).toBeInstanceOf(Handle);
    expect(link.asked).toHaveLength(2);
  });

  it('passes on why a socket cannot be bound, and can be asked again', async () => {
    const { link, take } = setup();
    link.answer = -13;
    expect(await take(PORT_3000)).toBe(-13);
    link.answer = undefined;
    expect(await take(PORT_3000)).toBeInstanceOf(Handle);
    expect(link.asked.map(({ index }) => index)).toEqual([0, 0]);
  });

  it('emits an error on the server if its socket cannot listen', async () => {
    const { link, listeners, server, take } = setup();
    link.listenError = EADDRINUSE;
    const handle = await take(PORT_3000);
    handle.listen(511);
    const failed = once(server, 'error');
    listeners.open();
    expect(await failed).toMatchObject([
      {
        code: 'EADDRINUSE',
        errno: EADDRINUSE,
        syscall: 'listen',
        message: 'listen EADDRINUSE: 127.0.0.1:3000',
      },
    ]);
    expect(server.isClosed).toBe(true);
  });
});
