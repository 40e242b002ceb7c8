import { expect, it } from 'vitest';

import { Terminal } from './terminal.js';

function setUp(isOpen: boolean) {
  const state = { isOpen, ms: 0 };
  const terminal = new Terminal(
    () => state.ms,
    () => state.isOpen,
  );
  return { state, terminal };
}

it('a terminal has not closed while it is open', () => {
  expect(setUp(true).terminal.hasClosed()).toBe(false);
});

it('a terminal that never existed has never closed', () => {
  expect(setUp(false).terminal.hasClosed()).toBe(false);
});

it('a terminal closes once: a later SIGHUP is a request to reload', () => {
  const { state, terminal } = setUp(true);
  state.isOpen = false;
  state.ms = 10_000;
  expect(terminal.hasClosed()).toBe(true);
  state.ms += 500;
  expect(terminal.hasClosed()).toBe(true);
  state.ms += 600;
  expect(terminal.hasClosed()).toBe(false);
});
