import { get } from 'node:http';

import { whenReady } from './when-ready.mjs';

const MOST = 20;
const DEFAULT_RETRY_MS = 1000;

let open = 0;

/** An `EventSource`: comes back after the time that the server has told it. */
export async function keepEventStream(stage) {
  if (open >= MOST) return;
  open += 1;
  for (let retryMs = 0; await whenReady(stage, retryMs);) retryMs = await listen(stage);
  open -= 1;
}

/** @returns the time to come back after */
function listen({ service, tally, stopped }) {
  return new Promise((resolve) => {
    let retryMs = DEFAULT_RETRY_MS;
    const headers = { accept: 'text/event-stream' };
    const sent = get(new URL('/prices', service().url), { agent: false, headers, signal: stopped });
    sent.on('error', () => {});
    sent.on('close', () => resolve(retryMs));
    sent.on('response', (response) => {
      tally.opened('streams');
      response.on('error', () => {});
      response.on('close', () => tally.closed('streams'));
      response.setEncoding('utf8').on('data', (text) => {
        retryMs = Number(/^retry: *(\d+)/m.exec(text)?.[1] ?? retryMs);
      });
    });
  });
}
