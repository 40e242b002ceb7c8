import { setTimeout as sleep } from 'node:timers/promises';

import { keepAliveAgent, send } from '../clients/http.mjs';

export const title = 'Clients that never pause';
export const text =
  '10 clients on kept connections send the next request as soon as they have an answer, and stop when ' +
  'an answer says `Connection: close` or a new connection is refused. No balancer.';

export const isAlone = true;
/** They send to the end. */
export const comparedMs = Infinity;

const CLIENTS = 10;
const BEFORE_MS = 300;

export async function run(service) {
  const clients = Array.from({ length: CLIENTS }, () => hammer(service));
  await sleep(BEFORE_MS);
  service.leave();
  return { requests: (await Promise.all(clients)).flat() };
}

async function hammer(service) {
  const agent = keepAliveAgent();
  const requests = [];
  for (;;) {
    const request = await send(service, '/slow?ms=5', { agent });
    // Refused before it was sent: its client knows, and may send it elsewhere.
    if (request.end === 'refused') return requests;
    requests.push(request);
    if (request.end === 'reset' || request.connection === 'close') return requests;
  }
}
