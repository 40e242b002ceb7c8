import { describe, expect, it } from 'vitest';

import { NewConnections } from './new-connections.js';

const GRACE_MS = 1000;

type Offset = readonly [ms: number, address?: string];

function after(offsets: readonly Offset[], withClients = false): NewConnections {
  const begin = 5000;
  const connections = new NewConnections(begin, GRACE_MS, withClients);
  for (const [ms, address = '192.0.2.1'] of offsets) {
    const connection = { protocol: 'http/1.1', remoteAddress: address } as const;
    connections.add({ connection, address, openedAt: begin + ms, isClosed: false });
  }
  return connections;
}

describe('NewConnections', () => {
  it('knows when the last one came, in whatever order they are reported', () => {
    expect(after([[200], [500], [300]]).figures()).toEqual({
      count: 3,
      lastAtMs: 500,
      late: 0,
    });
    expect(after([]).figures()).toEqual({ count: 0, late: 0 });
  });

  it('counts as late in the last fifth of the grace period and after it', () => {
    expect(after([[799], [800], [1800]]).figures()).toMatchObject({ count: 3, late: 2 });
  });

  it('never counts as late without a grace period', () => {
    const connections = new NewConnections(0, 0, true);
    const connection = { protocol: 'http/1.1', remoteAddress: '192.0.2.1' } as const;
    connections.add({ connection, address: '192.0.2.1', openedAt: 10, isClosed: false });
    expect(connections.figures()).toEqual({ count: 1, lastAtMs: 10, late: 0 });
  });

  it('has at most ten addresses of late clients, each once, and only if allowed', () => {
    const late = Array.from({ length: 30 }, (_, i) => [GRACE_MS, `192.0.2.${i % 15}`] as const);
    const offsets = [[0, '192.0.2.99'], ...late] as const;
    expect(after(offsets).figures()).not.toHaveProperty('lateClients');
    const { lateClients } = after(offsets, true).figures();
    expect(lateClients).toHaveLength(10);
    expect(lateClients).not.toContain('192.0.2.99');
  });

  it('asks for addresses only while they may be reported', () => {
    expect(after([]).addressesFrom).toBe(Infinity);
    expect(after([], true).addressesFrom).toBe(5800);
    expect(new NewConnections(0, 0, true).addressesFrom).toBe(Infinity);
  });
});
