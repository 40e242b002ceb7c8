import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { type Arrival, Arrivals } from './arrivals.js';
import type { HttpResponse } from './open-responses.js';
import type { TrafficConnection } from './traffic.js';

const noProbes = { isProbe: () => false };

function setUp() {
  const clock = new FakeClock();
  const probes = new Set<object>();
  const told: Arrival[] = [];
  const isProbe = (response: object) => probes.has(response);
  const arrivals = new Arrivals({ isProbe }, clock, (arrival) => told.push(arrival));
  const open = (protocol: TrafficConnection['protocol'] = 'http/1.1') => {
    const connection = { protocol, remoteAddress: '192.0.2.1' };
    arrivals.connectionOpened(connection);
    return connection;
  };
  const ask = (connection: TrafficConnection, isProbeToo = false) => {
    const response = {} as HttpResponse;
    if (isProbeToo) probes.add(response);
    arrivals.requestBegan(response, connection);
    return response;
  };
  return { clock, arrivals, told, open, ask };
}

describe('Arrivals', () => {
  it('reads the address of a connection only once it is told to', async () => {
    const clock = new FakeClock();
    const told: Arrival[] = [];
    let reads = 0;
    const from = clock.now() + 100;
    const arrivals = new Arrivals(noProbes, clock, (one) => told.push(one), {
      addressesFrom: from,
    });
    const open = () => {
      const connection: TrafficConnection = {
        protocol: 'http/1.1',
        get remoteAddress() {
          reads += 1;
          return '192.0.2.1';
        },
      };
      arrivals.connectionOpened(connection);
      arrivals.connectionUpgraded(connection);
    };
    open();
    expect(reads).toBe(0);
    await clock.advance(100);
    open();
    expect(told.map(({ address }) => address)).toEqual([undefined, '192.0.2.1']);
  });

  it('reports a connection at its first answer, with the time when it was opened', async () => {
    const { clock, arrivals, told, open, ask } = setUp();
    await clock.advance(200);
    const connection = open();
    const request = ask(connection);
    await clock.advance(300);
    expect(told).toEqual([]);
    arrivals.requestEnded(request);
    expect(told).toMatchObject([{ connection, openedAt: 200, isClosed: false }]);
  });

  it('reports no probe, and no connection that was opened and closed in silence', () => {
    const { arrivals, told, open, ask } = setUp();
    arrivals.requestEnded(ask(open(), true));
    arrivals.connectionClosed(open());
    open();
    expect(told).toEqual([]);
    expect(arrivals.undecided).toHaveLength(1);
  });

  it('judges a connection by its first answer only', () => {
    const { arrivals, told, open, ask } = setUp();
    const connection = open();
    arrivals.requestEnded(ask(connection, true));
    arrivals.requestEnded(ask(connection));
    expect(told).toEqual([]);
  });

  it('reports a connection that was closed before its request had ended', () => {
    const { arrivals, told, open, ask } = setUp();
    const connection = open();
    const request = ask(connection);
    arrivals.connectionClosed(connection);
    arrivals.requestEnded(request);
    expect(told).toMatchObject([{ connection, isClosed: true }]);
  });

  it('reports, if asked to, connections whose requests are still in flight', () => {
    const { arrivals, told, open, ask } = setUp();
    const request = ask(open());
    open();
    arrivals.takeUsed();
    arrivals.requestEnded(request);
    expect(told).toHaveLength(1);
  });

  it('reports a websocket once, as the connection before its upgrade', () => {
    const { arrivals, told, open } = setUp();
    arrivals.connectionUpgraded(open());
    open('websocket');
    expect(told).toHaveLength(1);
  });
});
