import { Agent, request } from 'node:http';

/** How many seconds each takes; a test has shorter ones. */
const SLOW_REQUESTS = [1, 2, 3, 4, 6, 8];
const SECOND_MS = Number(process.env.LIVE_SECOND_MS ?? 1000);
const IDLE_CONNECTIONS = 3;
const QUICK_MS = 50;
/** The longest time that a timer can have: 24 days. */
const ENDLESS_MS = 2 ** 31 - 1;
/** Whoever keeps pressing does not take the machine down. */
const MOST_IN_FLIGHT = 200;

/** Requests as any client sends them: on connections that are kept, and never twice. */
export class Requests {
  #agent = new Agent({ keepAlive: true });
  #stage;
  #inFlight = 0;

  constructor(stage) {
    this.#stage = stage;
  }

  slow() {
    for (const seconds of SLOW_REQUESTS) this.find(seconds * SECOND_MS, this.#agent);
  }

  endless() {
    this.find(ENDLESS_MS, this.#agent);
  }

  /** Each is kept open after one quick request. */
  idle() {
    for (let n = 0; n < IDLE_CONNECTIONS; n++) {
      this.find(QUICK_MS, new Agent({ keepAlive: true, maxSockets: 1 }));
    }
  }

  /** @param ms - how long the answer takes */
  find(ms, agent) {
    this.send('GET', `/orders/1?ms=${ms}`, agent);
  }

  send(method, path, agent) {
    const { service, tally, stopped } = this.#stage;
    const { url } = service();
    if (url === undefined || this.#inFlight >= MOST_IN_FLIGHT) return;
    this.#inFlight += 1;
    tally.sent();
    const ended = once((end) => {
      this.#inFlight -= 1;
      tally.ended(end);
    });
    const sent = request(new URL(path, url), { method, agent, signal: stopped }, (response) => {
      response.on('error', () => ended('lost'));
      response.on('end', () => ended(response.statusCode < 500 ? 'answered' : 'lost'));
      response.resume();
    });
    sent.on('error', ({ code }) => ended(code === 'ECONNREFUSED' ? 'refused' : 'lost'));
    sent.end();
  }
}

function once(callback) {
  let isDone = false;
  return (value) => {
    if (!isDone) callback(value);
    isDone = true;
  };
}
