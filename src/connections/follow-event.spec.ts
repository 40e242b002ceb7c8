import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { followEvent, refuses } from './follow-event.js';

const taker = () => {};

it('an event without a listener is not followed', () => {
  const server = new EventEmitter();
  followEvent(server, 'upgrade', () => {});
  expect(server.listenerCount('upgrade')).toBe(0);
});

it('followers of an event are called before its listener, whenever that was added', () => {
  const server = new EventEmitter();
  const heard: string[] = [];
  followEvent(server, 'upgrade', () => heard.push('a'));
  server.on('upgrade', () => heard.push('taker'));
  followEvent(server, 'upgrade', () => heard.push('b'));
  server.emit('upgrade');
  expect(heard.toSorted()).toEqual(['a', 'b', 'taker']);
  expect(heard.at(-1)).toBe('taker');
});

it.each([
  ['off()', (server: EventEmitter) => server.off('upgrade', taker)],
  ['removeAllListeners()', (server: EventEmitter) => server.removeAllListeners('upgrade')],
])(
  'followers are removed with the last listener by %s, and come back with the next',
  async (_how, remove) => {
    const server = new EventEmitter();
    let heard = 0;
    for (let i = 0; i < 2; i++) followEvent(server, 'upgrade', () => (heard += 1));
    server.on('upgrade', taker);
    remove(server);
    await turn();
    expect(server.listenerCount('upgrade')).toBe(0);

    server.on('upgrade', taker);
    server.emit('upgrade');
    expect(heard).toBe(2);
  },
);

it('an event whose listener is replaced is followed once', async () => {
  const server = new EventEmitter();
  let heard = 0;
  followEvent(server, 'upgrade', () => (heard += 1));
  server.on('upgrade', taker);
  server.off('upgrade', taker);
  server.on('upgrade', () => {});
  await turn();
  server.emit('upgrade');
  expect(heard).toBe(1);
});

it('a listener that refuses everything is not followed', () => {
  const server = new EventEmitter();
  followEvent(server, 'upgrade', () => {});
  server.on(
    'upgrade',
    refuses(() => {}),
  );
  expect(server.listenerCount('upgrade')).toBe(1);
});

it('followers of an event leave nothing behind', () => {
  const server = new EventEmitter();
  server.on('upgrade', taker);
  const ends = ['upgrade', 'connect'].map((event) => followEvent(server, event, () => {}));
  for (const end of ends) end();
  expect(server.listeners('upgrade')).toEqual([taker]);
  expect(server.eventNames()).toEqual(['upgrade']);
});
