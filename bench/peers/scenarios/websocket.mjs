import { once } from 'node:events';

import { WORK_MS } from '../budget.mjs';
import { openSockets } from '../clients/sockets.mjs';

export const title = 'Websockets';
export const text =
  '10 clients, each with a message in flight that takes 1.5 s. It should be answered, and the connection ' +
  'should be closed by a close frame with a code, not cut (1006). Each client counts twice.';

const CLIENTS = 10;

export async function run(service) {
  const clients = await openSockets(service, CLIENTS);
  const ends = clients.map(endOf);
  for (const client of clients) client.send(JSON.stringify({ event: 'slow', data: WORK_MS }));
  await service.handling(CLIENTS);
  service.leave();
  const seen = await Promise.all(ends);
  const codes = [...new Set(seen.map(({ code }) => code))];
  return {
    requests: seen.flatMap(({ code, isAnswered }) => [
      { end: isAnswered ? 'ok' : 'reset' },
      { end: code === 1006 ? 'reset' : 'ok' },
    ]),
    figure: { note: `close code ${codes.join(', ')}` },
  };
}

async function endOf(client) {
  let isAnswered = false;
  client.on('message', () => (isAnswered = true));
  const [code] = await once(client, 'close');
  return { code, isAnswered };
}
