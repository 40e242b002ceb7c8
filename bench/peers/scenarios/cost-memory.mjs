import { residentBytes } from '../clients/process.mjs';
import { RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Memory of kept connections';
export const text =
  '1,000 clients each send one request and keep their connection. The last column has what the process ' +
  'has grown by, for each of them (Linux). Then it is told to leave.';

export const isAlone = true;
/** The figure is taken before the signal. */
export const comparedMs = 0;

const CLIENTS = 1000;
const GET = 'GET /slow HTTP/1.1\r\nHost: bench\r\n\r\n';

export async function run(service) {
  const warm = await connectAll(service, CLIENTS);
  for (const connection of warm) connection.end();
  const before = residentBytes(service.pid);
  const clients = await connectAll(service, CLIENTS);
  const after = residentBytes(service.pid);
  service.leave();
  await service.exited;
  return {
    requests: clients.map(() => ({ end: 'ok' })),
    ...(before !== undefined && {
      figure: { value: round((after - before) / CLIENTS / 1024), unit: 'kB a connection' },
    }),
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
