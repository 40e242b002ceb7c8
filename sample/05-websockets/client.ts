import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { WebSocket } from 'ws';

const url = `ws://127.0.0.1:${process.env.PORT ?? 3000}/chat`;
const PAUSE_MS = 500;
/** All clients of an instance lose it together. They must not come back together. */
const LONGEST_WAIT_MS = 1000;

let said = 0;

/** Says one thing after the other, until the connection ends. */
async function chat(socket: WebSocket): Promise<void> {
  await once(socket, 'open');
  console.log('Connected');
  const closed = once(socket, 'close');
  while (socket.readyState === WebSocket.OPEN) {
    said += 1;
    socket.send(JSON.stringify({ event: 'say', data: `hello ${said}` }));
    await Promise.race([once(socket, 'message'), closed]);
    await sleep(PAUSE_MS);
  }
}

for (;;) {
  const socket = new WebSocket(url);
  socket.on('message', (data: Buffer) => console.log(`Received ${data.toString()}`));
  socket.on('close', (code) => console.log(`Closed with code ${code}`));
  await chat(socket).catch(({ message }: Error) => console.log(message));
  await sleep(Math.random() * LONGEST_WAIT_MS);
}
