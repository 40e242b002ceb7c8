import { setTimeout as sleep } from 'node:timers/promises';

import { keepAliveAgent, send } from '../clients/http.mjs';

export const title = 'Slow downloads';
export const text =
  '8 clients read 10 MB in 2.5 s; half of the responses are written piece by piece, half at once. ' +
  'The signal comes with the first bytes.';

export const isAlone = true;

const CLIENTS = 4;
const BYTES = 160 * 64 * 1024;
const BYTES_PER_MS = BYTES / 2500;

export async function run(service) {
  let begun = 0;
  const { promise: allBegun, resolve } = withResolvers();
  const read = (response) => {
    begun += 1;
    if (begun === 2 * CLIENTS) resolve();
    return readSlowly(response);
  };
  const requests = ['/download', '/export'].flatMap((path) =>
    Array.from({ length: CLIENTS }, () =>
      send(service, path, { agent: keepAliveAgent(), read, isWhole }),
    ),
  );
  await allBegun;
  service.leave();
  return { requests: await Promise.all(requests) };
}

function isWhole(length) {
  return length === BYTES;
}

async function readSlowly(response) {
  const begin = performance.now();
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    const early = length / BYTES_PER_MS - (performance.now() - begin);
    if (early > 1) await sleep(early);
  }
  return length;
}

/** `Promise.withResolvers()`, which Node 20 does not have. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
