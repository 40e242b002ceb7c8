import { WORK_MS } from '../budget.mjs';
import { endsOf, RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Pipelined requests';
export const text =
  '10 connections, each with two requests of 1.5 s, the second sent behind the first.';

const CONNECTIONS = 10;
const REQUEST = `GET /slow?ms=${WORK_MS} HTTP/1.1\r\nHost: bench\r\n\r\n`;

export async function run(service) {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => RawConnection.open(service.port)),
  );
  for (const connection of connections) connection.write(REQUEST + REQUEST);
  await service.handling(2 * CONNECTIONS);
  service.leave();
  const requests = await Promise.all(
    connections.map(async (connection) => endsOf(await connection.responses(2), 2)),
  );
  return { requests: requests.flat() };
}
