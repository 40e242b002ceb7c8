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

it('has not closed while it is open', () => {
  expect(setUp(true).terminal.hasClosed()).toBe(false);
});

it('has never closed where there was none', () => {
  expect(setUp(false).terminal.hasClosed()).toBe(false);
});

it('has closed once, however many signals say so; a later one is a wish', () => {
  const { state, terminal } = setUp(true);
  state.isOpen = false;
  state.ms = 10_000;
  expect(terminal.hasClosed()).toBe(true);
  state.ms += 500;
  expect(terminal.hasClosed()).toBe(true);
  state.ms += 600;
  expect(terminal.hasClosed()).toBe(false);
});
