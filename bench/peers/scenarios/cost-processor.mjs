import { openRequests } from '../../support/requests.mjs';
import { processorMs } from '../clients/process.mjs';

export const title = 'Processor time of a request';
export const text =
  '20 clients send 500 requests each, one after the other, after as many to warm up. The last column has ' +
  'the processor time of the process, for each request (Linux). Then it is told to leave.';

export const isAlone = true;
/** The figure is taken before the signal. */
export const comparedMs = 0;

const CLIENTS = 20;
const REQUESTS = 500;

export async function run(service) {
  const clients = await openRequests('http1', service.port, CLIENTS, '/slow');
  const count = CLIENTS * REQUESTS;
  await clients.send(count);
  const before = processorMs(service.pid);
  await clients.send(count);
  const after = processorMs(service.pid);
  clients.close();
  service.leave();
  await service.exited;
  return {
    requests: Array.from({ length: count }, () => ({ end: 'ok' })),
    ...(before !== undefined && {
      figure: { value: Math.round(((after - before) * 1000) / count), unit: 'µs a request' },
    }),
  };
}
