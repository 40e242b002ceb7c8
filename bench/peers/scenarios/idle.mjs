import { setTimeout as sleep } from 'node:timers/promises';

import { distant, LATENCY_MS } from '../clients/distant.mjs';
import { endsOf, RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Idle kept connections';
export const text =
  `100 clients with a latency of ${LATENCY_MS} ms got their last answer up to 1.5 s ago. Each sends one ` +
  'more POST at a random moment of the 2 s after the signal, unless its connection has been closed. A ' +
  'request that is on its way while its idle connection is closed is lost: here 2 of 100, on average.';

export const isLossInherent = true;

const CLIENTS = 100;
const LAST_EVERY_MS = 15;
const NEXT_EVERY_MS = 20;
/** What is on its way at the signal counts, too. */
const SIGNAL_AFTER_MS = 100;
const GET = 'GET /slow HTTP/1.1\r\nHost: bench\r\n\r\n';
const BODY = '{"text":"tea"}';
const POST =
  'POST /orders HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
/** Prime to the number of clients: who has been idle for long does not send first. */
const STRIDE = 37;

export async function run(service) {
  const relay = await distant(service.port);
  const clients = [];
  for (let i = 0; i < CLIENTS; i++) {
    clients.push(idleClient(relay.address().port));
    await sleep(LAST_EVERY_MS);
  }
  const connections = await Promise.all(clients);
  const requests = connections.map(async (connection, i) => {
    await sleep(((i * STRIDE) % CLIENTS) * NEXT_EVERY_MS);
    return postAgain(connection);
  });
  await sleep(SIGNAL_AFTER_MS);
  service.leave();
  await service.exited;
  const ends = await Promise.all(requests);
  relay.close();
  return { requests: ends.flat() };
}

async function idleClient(port) {
  const connection = await RawConnection.open(port);
  connection.write(GET);
  await connection.responses(1);
  return connection;
}

/** Who knows that the connection is over sends on another one, to another instance. */
async function postAgain(connection) {
  if (connection.isOver) return [];
  connection.write(POST);
  const [, ...statuses] = await connection.responses(2);
  return endsOf(statuses, 1);
}
