import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';

import { Traffic, type TrafficConnection } from '../connections/traffic.js';
import type { Outcome } from '../shutdown/outcome.js';
import { FakeClock } from '../testing/fake-clock.js';
import { BalancerEvidence } from './balancer-evidence.js';

const READY = 'GET HealthController.ready';
const LIVE = 'GET HealthController.live';
const WORK = 'GET OrdersController.all';

/** One application, and those who connect to it. */
class World {
  readonly clock = new FakeClock();
  readonly traffic = new Traffic();
  readonly evidence = new BalancerEvidence(
    this.traffic,
    {
      isProbe: (response) => routeOf(response) !== WORK,
      isProbeRoute: (response) => [READY, LIVE].includes(routeOf(response)),
      labelOf: routeOf,
    },
    this.clock,
  );

  open(remoteAddress = '10.0.0.1', protocol: TrafficConnection['protocol'] = 'http/1.1') {
    const connection = { protocol, remoteAddress };
    this.traffic.connectionOpened(connection);
    return connection;
  }

  begin(connection: TrafficConnection, route = WORK, statusCode = 200): ServerResponse {
    const response = { route, statusCode } as unknown as ServerResponse;
    this.traffic.requestBegan(response, connection);
    return response;
  }

  end(response: ServerResponse, since = this.clock.now(), end: Outcome = 'completed'): void {
    this.traffic.requestEnded(response, since, end);
  }

  close(connection: TrafficConnection): void {
    this.traffic.connectionClosed(connection, 'peer');
  }

  /** A connection with one request, and its end. */
  visit(address?: string, route?: string, statusCode?: number): void {
    const connection = this.open(address);
    this.end(this.begin(connection, route, statusCode));
    this.close(connection);
  }

  probe(times: number, route = READY, statusCode = 503, address = '10.0.0.9'): void {
    for (let i = 0; i < times; i += 1) this.visit(address, route, statusCode);
  }

  /** Connections of an address, one each `everyMs`, for a minute. */
  async busyMinute(everyMs: number, ...addresses: string[]): Promise<void> {
    for (let at = 0; at < 60_000; at += everyMs) {
      for (const address of addresses) this.visit(address);
      await this.clock.advance(everyMs);
    }
  }

  leave(): void {
    this.evidence.begin();
  }

  get isOver(): boolean {
    return this.evidence.isOver();
  }
}

function routeOf(response: object): string {
  return (response as { route: string }).route;
}

describe('the traffic of an instance that has only had probes', () => {
  it('is over once readiness has failed three times', () => {
    const world = new World();
    world.probe(5, READY, 200);
    world.leave();
    expect(world.isOver).toBe(false);
    world.probe(2);
    expect(world.isOver).toBe(false);
    world.probe(1);
    expect(world.isOver).toBe(true);
  });

  it('is not over if readiness failed before the shutdown', () => {
    const world = new World();
    world.probe(3);
    world.leave();
    world.probe(2);
    expect(world.isOver).toBe(false);
  });

  it('is not over unless the failures are in a row', () => {
    const world = new World();
    world.leave();
    world.probe(2);
    world.probe(1, READY, 200);
    world.probe(2);
    expect(world.isOver).toBe(false);
  });

  it('is not over if a prober did not wait for the third failure', () => {
    const world = new World();
    world.leave();
    world.probe(2);
    const connection = world.open('10.0.0.9');
    world.end(world.begin(connection, READY, 503), 0, 'aborted');
    expect(world.isOver).toBe(false);
  });

  it('is over even if a liveness probe succeeds between the failures', () => {
    const world = new World();
    world.leave();
    for (let i = 0; i < 3; i += 1) {
      world.probe(1);
      world.probe(1, LIVE, 200);
    }
    expect(world.isOver).toBe(true);
  });

  it('is over only when every prober has seen the failures', () => {
    const world = new World();
    world.probe(1, READY, 200, '10.0.0.8');
    world.leave();
    world.probe(3);
    expect(world.isOver).toBe(false);
    world.probe(3, READY, 503, '10.0.0.8');
    expect(world.isOver).toBe(true);
  });

  it('is over without a prober that has been gone for ten minutes', async () => {
    const world = new World();
    world.probe(1, READY, 200, '10.0.0.8');
    await world.clock.advance(600_001);
    world.leave();
    world.probe(3);
    expect(world.isOver).toBe(true);
  });

  it('is over if nobody probes', () => {
    const world = new World();
    world.leave();
    expect(world.isOver).toBe(true);
  });

  it('is not over if only liveness is probed', () => {
    const world = new World();
    world.leave();
    world.probe(9, LIVE, 200);
    expect(world.isOver).toBe(false);
  });

  it('is over after a connection that only checked the port', () => {
    const world = new World();
    world.close(world.open());
    world.leave();
    expect(world.isOver).toBe(true);
  });

  it('is not over while a connection has sent nothing yet', () => {
    const world = new World();
    const connection = world.open();
    world.leave();
    expect(world.isOver).toBe(false);
    world.close(connection);
    expect(world.isOver).toBe(true);
  });

  it('is not over after a request on the connection of a prober', () => {
    const world = new World();
    const connection = world.open();
    world.end(world.begin(connection, LIVE));
    world.end(world.begin(connection, WORK));
    world.close(connection);
    world.leave();
    world.probe(3);
    expect(world.isOver).toBe(false);
  });

  it('is never over if there are connections that cannot be seen', () => {
    const world = new World();
    world.traffic.addUnseen();
    world.leave();
    expect(world.isOver).toBe(false);
  });
});

describe('the traffic of an instance that has had requests', () => {
  it('is over after a silence that its rate does not explain', async () => {
    const world = new World();
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(1000);
    expect(world.isOver).toBe(false);
    // ln(2e6) / 10 a second, and a little more, as the rate was only counted.
    await world.clock.advance(500);
    expect(world.isOver).toBe(true);
  });

  it('is over only after readiness has failed, if it is probed', async () => {
    const world = new World();
    await world.busyMinute(100, '10.0.0.1');
    world.probe(1, READY, 200);
    world.leave();
    await world.clock.advance(5000);
    expect(world.isOver).toBe(false);
    world.probe(3);
    expect(world.isOver).toBe(true);
  });

  it('is not over soon after a new connection', async () => {
    const world = new World();
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(1400);
    world.visit('10.0.0.1');
    await world.clock.advance(1400);
    expect(world.isOver).toBe(false);
    await world.clock.advance(400);
    expect(world.isOver).toBe(true);
  });

  it('is not over soon after a request on a kept connection', async () => {
    const world = new World();
    const kept = world.open('10.0.0.1');
    world.end(world.begin(kept));
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(1400);
    const response = world.begin(kept);
    await world.clock.advance(1400);
    expect(world.isOver).toBe(false);
    world.end(response, 61_400);
    expect(world.isOver).toBe(false);
    await world.clock.advance(200);
    expect(world.isOver).toBe(true);
  });

  it('is not over while a slow node may still send, however much the others have sent', async () => {
    const world = new World();
    for (let i = 0; i < 20; i += 1) {
      for (let j = 0; j < 50; j += 1) world.visit('10.0.0.1');
      world.visit('10.0.0.2');
      await world.clock.advance(3000);
    }
    world.leave();
    await world.clock.advance(20_000);
    expect(world.isOver).toBe(false);
  });

  it('is not over after a connection from a new address', async () => {
    const world = new World();
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    world.visit('10.0.0.2');
    await world.clock.advance(30_000);
    expect(world.isOver).toBe(false);
  });

  it('is never over while a peer keeps a connection', async () => {
    const world = new World();
    world.end(world.begin(world.open('10.0.0.2')));
    await world.clock.advance(900_000);
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(30_000);
    expect(world.isOver).toBe(false);
  });

  it('is over ten minutes after a peer has closed its last kept connection', async () => {
    const world = new World();
    const connection = world.open('10.0.0.2');
    world.end(world.begin(connection));
    world.close(connection);
    await world.clock.advance(600_000);
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(2000);
    expect(world.isOver).toBe(true);
  });

  it('is not over while a websocket is open', async () => {
    const world = new World();
    const upgraded = world.open('10.0.0.2');
    world.traffic.connectionUpgraded(upgraded);
    world.open('10.0.0.2', 'websocket');
    expect(world.evidence.lastArrivalAt()).toBe(0);
    await world.clock.advance(600_001);
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(2000);
    expect(world.isOver).toBe(false);
  });

  it('is over although a connection was closed before its answer', async () => {
    const world = new World();
    const connection = world.open('10.0.0.2');
    const response = world.begin(connection);
    world.close(connection);
    world.end(response);
    await world.clock.advance(600_000);
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(2000);
    expect(world.isOver).toBe(true);
  });

  it('is not over after a pause of a peer that sends in bursts', async () => {
    const world = new World();
    for (const pauseMs of [20_000, 10_000]) {
      for (let i = 0; i < 500; i += 1) world.visit('10.0.0.1');
      await world.clock.advance(pauseMs);
    }
    world.leave();
    await world.clock.advance(20_000);
    expect(world.isOver).toBe(false);
  });

  it('is not over if it is too long ago to have a rate', async () => {
    const world = new World();
    world.visit();
    await world.clock.advance(900_000);
    world.leave();
    await world.clock.advance(60_000);
    expect(world.isOver).toBe(false);
  });

  it('is over only after a longer silence than its rate demands, shortly after the start', async () => {
    const world = new World();
    for (let i = 0; i < 30; i += 1) {
      world.visit();
      await world.clock.advance(100);
    }
    world.leave();
    await world.clock.advance(1500);
    expect(world.isOver).toBe(false);
    await world.clock.advance(500);
    expect(world.isOver).toBe(true);
  });

  it('is judged as a whole if it comes from more addresses than are kept', async () => {
    const world = new World();
    const addresses = Array.from({ length: 300 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
    await world.busyMinute(2000, ...addresses);
    world.leave();
    world.probe(3);
    // Each of them alone has made 30 connections in a minute.
    await world.clock.advance(30_000);
    expect(world.isOver).toBe(false);
    await world.clock.advance(40_000);
    expect(world.isOver).toBe(true);
  });

  it('can be over again after it came from more addresses than are kept', async () => {
    const world = new World();
    for (let i = 0; i < 2000; i += 1) world.visit(`10.1.${i >> 8}.${i & 255}`);
    await world.clock.advance(600_001);
    await world.busyMinute(100, '10.0.0.1');
    world.leave();
    await world.clock.advance(30_000);
    expect(world.isOver).toBe(true);
  });
});

describe('a client that claims to be a probe', () => {
  const CLAIMED = 'GET /whatever';

  it('does not prevent the early end with one request', async () => {
    const world = new World();
    world.probe(3, READY, 200);
    world.probe(1, CLAIMED, 200, '203.0.113.7');
    world.leave();
    world.probe(3);
    world.probe(1, CLAIMED, 200, '203.0.113.7');
    expect(world.isOver).toBe(true);
  });

  it('does not prevent the early end where nobody else probes', () => {
    const world = new World();
    world.probe(1, CLAIMED, 200);
    world.leave();
    expect(world.isOver).toBe(true);
  });

  it('is waited for while it keeps asking', async () => {
    const world = new World();
    for (let i = 0; i < 3; i += 1) {
      world.probe(1, CLAIMED, 200);
      await world.clock.advance(5000);
    }
    world.leave();
    expect(world.isOver).toBe(false);
    world.probe(3, CLAIMED, 503);
    expect(world.isOver).toBe(true);
  });

  it('is no longer waited for once it has stopped', async () => {
    const world = new World();
    world.probe(3, CLAIMED, 200);
    world.leave();
    await world.clock.advance(29_000);
    expect(world.isOver).toBe(false);
    await world.clock.advance(2000);
    expect(world.isOver).toBe(true);
  });

  it('neither prevents the early end nor hides a prober with 1,000 made-up paths', () => {
    const world = new World();
    world.probe(1, READY, 200);
    for (let i = 0; i < 1000; i += 1) world.probe(1, `GET /${i}`, 200);
    world.leave();
    expect(world.isOver).toBe(false);
    world.probe(3);
    expect(world.isOver).toBe(true);
  });
});

it('a probe in flight does not interrupt the silence of the traffic', async () => {
  const world = new World();
  await world.busyMinute(100, '10.0.0.1');
  const kept = world.open('10.0.0.9');
  world.end(world.begin(kept, LIVE));
  world.leave();
  world.probe(3);
  await world.clock.advance(1500);
  world.begin(kept, LIVE);
  expect(world.isOver).toBe(true);
});

describe('the last arrival', () => {
  it('is none if there were only probes', () => {
    const world = new World();
    world.probe(2);
    expect(world.evidence.lastArrivalAt()).toBe(-Infinity);
  });

  it('is when the connection of the last request was opened', async () => {
    const world = new World();
    await world.clock.advance(100);
    const connection = world.open();
    await world.clock.advance(50);
    const response = world.begin(connection);
    await world.clock.advance(50);
    // Not answered, it may be a probe; the extension takes it for traffic.
    expect(world.evidence.lastArrivalAt()).toBe(100);
    world.end(response, 150);
    expect(world.evidence.lastArrivalAt()).toBe(100);
  });
});
