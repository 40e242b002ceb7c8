import { get } from 'node:http';

export const title = 'Event streams';
export const text =
  '10 clients read an endless event stream. Its end should be a clean one, not a cut connection.';

/** The time for what is in flight runs out. */
export const comparedMs = 6000;

const CLIENTS = 10;

export async function run(service) {
  const streams = Array.from({ length: CLIENTS }, () => endOf(service));
  await service.handling(CLIENTS);
  service.leave();
  return { requests: await Promise.all(streams) };
}

function endOf({ port }) {
  return new Promise((resolve) => {
    const cut = () => resolve({ end: 'reset' });
    const headers = { accept: 'text/event-stream' };
    get({ host: '127.0.0.1', port, path: '/events', headers, agent: false }, (response) => {
      response.on('error', cut);
      response.on('end', () => resolve({ end: response.complete ? 'ok' : 'reset' }));
      response.resume();
    }).on('error', cut);
  });
}
