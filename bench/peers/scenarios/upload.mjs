import { setTimeout as sleep } from 'node:timers/promises';

import { WORK_MS } from '../budget.mjs';
import { arrived } from '../clients/http.mjs';
import { endsOf, RawConnection } from '../clients/raw-connection.mjs';

export const title = 'Uploads';
export const text =
  'Of 10 uploads the first half has come at the signal, the second comes 1.5 s later.';

const UPLOADS = 10;
const BODY = JSON.stringify({ text: 'x'.repeat(50_000) });
const HALF = BODY.length / 2;

export async function run(service) {
  const uploads = await Promise.all(
    Array.from({ length: UPLOADS }, () => RawConnection.open(service.port)),
  );
  const head =
    'POST /orders HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n' +
    `Content-Length: ${BODY.length}\r\n\r\n`;
  for (const upload of uploads) upload.write(head + BODY.slice(0, HALF));
  await arrived(service);
  service.leave();
  await sleep(WORK_MS);
  for (const upload of uploads) upload.write(BODY.slice(HALF));
  const requests = await Promise.all(
    uploads.map(async (upload) => endsOf(await upload.responses(1), 1)),
  );
  return { requests: requests.flat() };
}
