import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { Service } from './service.mjs';

const NANOSECONDS = 1e6;
/** How long after the signal a scenario looks at times closely, unless it says otherwise. */
const COMPARED_MS = 3000;
/** No scenario takes as long, whatever a solution does. */
const TIMEOUT_MS = 60_000;

/** One solution in one scenario. A solution that fails to start, or a client that fails, is a result, too. */
export class Cell {
  solution;
  /** Resolves at the signal. Pending for ever where none is sent. */
  left = new Promise(() => {});
  #scenario;
  #services = [];
  #error;

  constructor(solution, scenario) {
    this.solution = solution;
    this.#scenario = scenario;
  }

  static async start(solution, scenario, adapter) {
    const cell = new Cell(solution, scenario);
    const settings = { adapter, ...scenario.settings };
    const started = await Promise.allSettled(
      Array.from({ length: scenario.instances ?? 1 }, () => Service.start(solution.file, settings)),
    );
    cell.#services = started.flatMap(({ value }) => value ?? []);
    cell.#error = started.find(({ status }) => status === 'rejected')?.reason;
    if (cell.#services.length > 0) cell.left = Promise.race(cell.#services.map(({ left }) => left));
    return cell;
  }

  async run() {
    const stopped = new AbortController();
    try {
      if (this.#error !== undefined) throw this.#error;
      return await Promise.race([this.#run(), timeout(stopped.signal)]);
    } catch (error) {
      return { error: error.message };
    } finally {
      stopped.abort();
      await Promise.all(this.#services.map((service) => service.stop()));
    }
  }

  /** Resolves when the times that are compared are over; never if the clients go on to the end. */
  async compared() {
    const { comparedMs = COMPARED_MS } = this.#scenario;
    await this.left;
    await (comparedMs === Infinity
      ? new Promise(() => {})
      : sleep(comparedMs, undefined, { ref: false }));
  }

  async #run() {
    const delay = monitorEventLoopDelay();
    delay.enable();
    void this.compared().then(() => delay.disable());
    const { requests, left = this.#services, figure } = await this.#scenario.run(...this.#services);
    const exits = await Promise.all(left.map(({ exited }) => exited));
    delay.disable();
    const { ms, code, signal, killed } = exits.reduce((a, b) => (b.ms > a.ms ? b : a));
    return {
      ms,
      exit: killed ? 'killed' : (signal ?? code),
      ...tally(requests),
      // How late the clients were themselves: what else the machine does.
      lateMs: Math.round(delay.max / NANOSECONDS),
      ...figure,
    };
  }
}

async function timeout(signal) {
  await sleep(TIMEOUT_MS, undefined, { signal });
  throw new Error(`nothing came of it in ${TIMEOUT_MS / 1000} s`);
}

/** How many requests ended in which way; all but `ok` are lost. */
function tally(requests) {
  const count = (end) => requests.filter((request) => request.end === end).length;
  const [wrong, reset, refused] = ['wrong', 'reset', 'refused'].map(count);
  return { sent: requests.length, lost: wrong + reset + refused, wrong, reset, refused };
}
