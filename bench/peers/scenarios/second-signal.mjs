import { setTimeout as sleep } from 'node:timers/promises';

import { sendAtOnce } from '../clients/http.mjs';

export const title = 'A second signal';
export const text =
  'A request never ends, and a second SIGTERM comes 200 ms after the first, to end the process at once. ' +
  'The time is from the second signal.';

const SECOND_AFTER_MS = 200;

export async function run(service) {
  const stuck = sendAtOnce(service, '/stuck', 1);
  await service.handling(1);
  service.leave();
  await sleep(SECOND_AFTER_MS);
  service.leave();
  await Promise.all(stuck);
  return { requests: [] };
}
