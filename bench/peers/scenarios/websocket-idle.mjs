import { codesOf, openSockets } from '../clients/sockets.mjs';

export const title = 'Idle websockets';
export const text =
  '50 clients that are connected and send nothing. Each should be closed by a close frame with a code, ' +
  'not cut (1006), and the process should not wait for them.';

const CLIENTS = 50;

export async function run(service) {
  const clients = await openSockets(service, CLIENTS);
  const closed = codesOf(clients);
  service.leave();
  const codes = await closed;
  return {
    requests: codes.map((code) => ({ end: code === 1006 ? 'reset' : 'ok' })),
    figure: { note: `close code ${[...new Set(codes)].join(', ')}` },
  };
}
