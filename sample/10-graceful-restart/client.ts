// Asks for quotes without a pause, from half of its clients on a connection that is kept, from the
// others on a new one each time. Nothing is sent twice. Says every second what became of them.
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const CLIENTS = 10;
const SECOND_MS = 1000;
const port = Number(process.env.PORT ?? 3000);

/** Premiums, or the codes of errors, and how often. */
const outcomes = new Map<string, number>();
const stop = new AbortController();

function quote(agent: Agent | false): Promise<string> {
  const body = JSON.stringify({ name: 'ann' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const options = { host: '127.0.0.1', port, path: '/quotes', method: 'POST', headers, agent };
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      text(response).then(resolve, reject);
    })
      .on('error', reject)
      .end(body);
  });
}

async function ask(agent: Agent | false): Promise<string> {
  try {
    const { premium } = JSON.parse(await quote(agent)) as { premium: number };
    return `premium ${premium}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `FAILED ${code ?? message}`;
  }
}

async function client(agent: Agent | false): Promise<void> {
  while (!stop.signal.aborted) {
    const outcome = await ask(agent);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
}

function report(): string {
  return [...outcomes].map(([outcome, count]) => `${count} x ${outcome}`).join(', ');
}

process.once('SIGINT', () => stop.abort());
const clients = Array.from({ length: CLIENTS }, (_, i) => {
  return client(i % 2 === 0 ? false : new Agent({ keepAlive: true, maxSockets: 1 }));
});
while (!stop.signal.aborted) {
  await sleep(SECOND_MS);
  console.log(report());
}
await Promise.all(clients);
console.log(`In the end: ${report()}`);
process.exit();
