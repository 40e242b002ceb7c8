import { setTimeout as sleep } from 'node:timers/promises';

import { RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Memory of kept connections';
export const text =
  '1,000 clients each send one request and keep their connection, after as many that are gone. The last ' +
  'column has what the process holds more for each of them after a collection, on and off the heap. Then ' +
  'it is told to leave.';

export const isAlone = true;
/** The figure is taken before the signal. */
export const comparedMs = 0;
export const settings = { tellsMemory: true };

const CLIENTS = 1000;
/** The service still has to notice that the first ones are gone. */
const SETTLE_MS = 500;
const GET = 'GET /slow HTTP/1.1\r\nHost: bench\r\n\r\n';

export async function run(service) {
  const warm = await connectAll(service, CLIENTS);
  for (const connection of warm) connection.end();
  await sleep(SETTLE_MS);
  const before = await service.memory();
  const clients = await connectAll(service, CLIENTS);
  const after = await service.memory();
  service.leave();
  await service.exited;
  return {
    requests: clients.map(() => ({ end: 'ok' })),
    figure: { value: round((after - before) / CLIENTS / 1024), unit: 'kB a connection' },
  };
}

function round(kilobytes) {
  return Number(kilobytes.toFixed(1));
}

function connectAll({ port }, count) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const connection = await RawConnection.open(port);
      connection.write(GET);
      await connection.responses(1);
      return connection;
    }),
  );
}
