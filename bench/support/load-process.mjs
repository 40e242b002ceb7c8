// Sends requests at a fixed rate, and tells what became of each when told to stop:
// `node load-process.mjs <port> <requests a second>`. None is ever repeated.
import http from 'node:http';
import { text } from 'node:stream/consumers';

import { now } from './clock.mjs';

const [, , port, perSecond] = process.argv;
const KEPT = 20;
/** Of requests that come on a connection of their own; the others take turns on those that are kept. */
const EVERY_FRESH = 4;
/** Of requests that take a while (300 ms), so that each reload finds some in flight. */
const EVERY_SLOW = 10;
const PATIENCE_MS = 10_000;
const TICK_MS = 1;

const agents = Array.from(
  { length: KEPT },
  () => new http.Agent({ keepAlive: true, maxSockets: 1 }),
);
/** With as many connections as it takes: they would hold up the quick ones behind them. */
const slowAgent = new http.Agent({ keepAlive: true });
const requests = [];
const begin = now();
let sent = 0;

const timer = setInterval(() => {
  for (; sent < ((now() - begin) / 1000) * Number(perSecond); sent++) {
    requests.push(send(sent, begin + (sent * 1000) / Number(perSecond)));
  }
}, TICK_MS);

process.on('message', () => {
  clearInterval(timer);
  void Promise.all(requests).then((all) => process.send(all, () => process.exit()));
});

process.once('disconnect', () => process.exit());

async function send(id, at) {
  const slow = id % EVERY_SLOW === 0;
  const kept = slow ? slowAgent : agents[id % KEPT];
  const agent = id % EVERY_FRESH === 1 ? false : kept;
  try {
    await get(slow ? '/slow' : '/hello', agent);
    return { at, ms: now() - at, slow };
  } catch (error) {
    return { at, ms: now() - at, slow, error: error.code ?? error.message };
  }
}

async function get(path, agent) {
  const response = await new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent, timeout: PATIENCE_MS });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('response', resolve).on('error', reject);
  });
  await text(response);
  if (!response.complete) throw new Error('an incomplete body');
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
}
