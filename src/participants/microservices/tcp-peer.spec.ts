import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { beforeEach, expect, it, vi } from 'vitest';

import { TcpPeer } from './tcp-peer.js';

class FakeSocket extends EventEmitter {
  bytesRead = 0;
  writableEnded = false;
  readonly pause = vi.fn<() => void>();
  readonly resume = vi.fn<() => void>();
  readonly end = vi.fn<() => void>(() => void (this.writableEnded = true));
}

let socket: FakeSocket;
let peer: TcpPeer;

beforeEach(() => {
  socket = new FakeSocket();
  peer = new TcpPeer(socket as unknown as Socket, 1000);
});

it('a TCP peer knows for how long no byte has come', () => {
  expect(peer.silentMs(1300)).toBe(300);
  socket.bytesRead = 10;
  expect(peer.silentMs(1400)).toBe(0);
  expect(peer.silentMs(1450)).toBe(50);
});

it('a muted TCP peer is read no further', () => {
  const onData = vi.fn<() => void>();
  socket.on('data', onData);
  peer.mute();
  socket.emit('data', 'late');
  expect(peer.isMuted).toBe(true);
  expect(onData).not.toHaveBeenCalled();
  expect(socket.pause).toHaveBeenCalledOnce();
});

it('a TCP peer is ended once, and what it still sends is discarded', () => {
  const onData = vi.fn<() => void>();
  socket.on('data', onData);
  peer.end();
  peer.end();
  socket.emit('data', 'late');
  expect(onData).not.toHaveBeenCalled();
  expect(socket.end).toHaveBeenCalledOnce();
  expect(socket.resume).toHaveBeenCalledOnce();
});
