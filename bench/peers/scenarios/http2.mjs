import { WORK_MS } from '../budget.mjs';
import { openSession, sendStream } from '../clients/http2.mjs';

export const title = 'HTTP/2';
export const text =
  '5 sessions over TLS, with 4 requests of 1.5 s in flight on each. Nest has HTTP/2 on Fastify only.';
export const settings = { adapter: 'fastify', tls: true, http2: true };

const SESSIONS = 5;
const STREAMS = 4;

export async function run(service) {
  const requests = [];
  for (let i = 0; i < SESSIONS; i++) {
    const session = await openSession(service);
    for (let j = 0; j < STREAMS; j++) requests.push(sendStream(session, `/slow?ms=${WORK_MS}`));
  }
  await service.handling(requests.length);
  service.leave();
  return { requests: await Promise.all(requests) };
}
