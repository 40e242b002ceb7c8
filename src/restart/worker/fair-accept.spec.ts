import { Server } from 'node:net';

import { expect, it } from 'vitest';

import { FairAccept } from './fair-accept.js';

function setUp() {
  const state = { ms: 0, pauses: 0 };
  const fair = new FairAccept({ now: () => state.ms }, () => void (state.pauses += 1));
  const server = new Server();
  fair.add(server);
  fair.add(server);
  return { state, connect: () => server.emit('connection') };
}

it('a worker lets the others have their turn after each connection of a burst', () => {
  const { state, connect } = setUp();
  for (let i = 0; i < 40; i++) connect();
  expect(state.pauses).toBe(40);
});

it('fair accepting costs nothing while connections keep coming', () => {
  const { state, connect } = setUp();
  for (let i = 0; i < 5000; i++) {
    state.ms += 10;
    connect();
  }
  expect(state.pauses).toBe(100);
  state.ms += 51;
  connect();
  expect(state.pauses).toBe(101);
});
