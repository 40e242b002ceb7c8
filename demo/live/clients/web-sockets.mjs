import { WebSocket } from 'ws';

import { whenReady } from './when-ready.mjs';

const MOST = 20;
const SAY_EVERY_MS = 2000;
/** All clients of an instance lose it together. They must not come back together. */
const LONGEST_WAIT_MS = 1000;

let open = 0;

/** Says something now and then, and comes back when it is told to go. */
export async function keepWebSocket(stage) {
  if (open >= MOST) return;
  open += 1;
  for (let waitMs = 0; await whenReady(stage, waitMs); waitMs = Math.random() * LONGEST_WAIT_MS) {
    await chat(stage);
  }
  open -= 1;
}

function chat({ service, tally, stopped }) {
  const socket = new WebSocket(new URL('/chat', service().url.replace('http', 'ws')));
  const say = () => socket.send(JSON.stringify({ event: 'say', data: 'hello' }));
  const leave = () => socket.terminate();
  stopped.addEventListener('abort', leave);
  return new Promise((resolve) => {
    let timer;
    socket.on('error', () => {});
    socket.on('open', () => {
      tally.opened('sockets');
      timer = setInterval(say, SAY_EVERY_MS);
      socket.on('close', () => tally.closed('sockets'));
    });
    socket.on('close', () => {
      clearInterval(timer);
      stopped.removeEventListener('abort', leave);
      resolve();
    });
  });
}
