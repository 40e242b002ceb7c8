import { processorMs } from '../clients/process.mjs';
import { RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Processor time of a request';
export const text =
  '20 clients send 500 requests each, one after the other, after as many to warm up. The last column has ' +
  'the processor time of the process, for each request (Linux). Then it is told to leave.';

const CLIENTS = 20;
const REQUESTS = 500;
const GET = 'GET /slow HTTP/1.1\r\nHost: bench\r\n\r\n';

export async function run(service) {
  await load(service);
  const before = processorMs(service.pid);
  await load(service);
  const after = processorMs(service.pid);
  service.leave();
  await service.exited;
  const count = CLIENTS * REQUESTS;
  return {
    requests: Array.from({ length: count }, () => ({ end: 'ok' })),
    ...(before === undefined
      ? {}
      : { note: `${(((after - before) * 1000) / count).toFixed(0)} µs a request` }),
  };
}

async function load({ port }) {
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const connection = await RawConnection.open(port);
      for (let sent = 0; sent < REQUESTS; sent++) {
        connection.received = '';
        connection.write(GET);
        await connection.responses(1);
      }
      connection.end();
    }),
  );
}
