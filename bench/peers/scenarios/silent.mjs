import { arrived } from '../clients/http.mjs';
import { RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Silent connections';
export const text =
  '5 connections on which no byte has come, as browsers and balancers open them, and one with half a ' +
  'header. Nothing to lose: the process should go.';

const SILENT = 5;

export async function run(service) {
  for (let i = 0; i < SILENT; i++) await RawConnection.open(service.port);
  const half = await RawConnection.open(service.port);
  half.write('GET /slow HTTP/1.1\r\nHost: ben');
  await arrived(service);
  service.leave();
  return { requests: [] };
}
