import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'vitest';

import type { Exit, RunningApplication } from './running-application.js';
import { times } from './runs.js';

/** A broker or queue whose messages several instances share. */
export interface SharedWork {
  /** Starts one more instance that consumes. */
  start(): Promise<RunningApplication>;
  /** Sends the message of that number. Resolves with its reply, or once it is accepted. */
  send(id: number): Promise<unknown>;
  /** What an instance tells when the handler of a message begins and ends, with its number. */
  readonly begins: string;
  readonly ends: string;
  /** How often a message is sent. */
  readonly everyMs?: number;
}

/** What became of all messages. */
export interface Rolled {
  readonly sent: readonly number[];
  /** Those whose `send()` failed. */
  readonly failed: readonly number[];
  /** The numbers of the handlers that ended, in order; one that was handled twice is there twice. */
  readonly handled: readonly number[];
  /** How many handlers began and did not end. */
  readonly unfinished: number;
  /** Of each instance, in the order in which they left. */
  readonly exits: readonly Exit[];
  /** What all of them printed. */
  readonly log: string;
}

/** How many messages an instance handles before the next one leaves. */
const HANDLED_BETWEEN = 10;
const EVERY_MS = 10;
const LOOK_AGAIN_MS = 20;
const PATIENCE_MS = 30_000;

/**
 * Two instances, and rolling restarts under load: a new instance starts, then the oldest one gets
 * SIGTERM, twice (25 times in a long run).
 */
export async function rollUnderLoad(work: SharedWork, restarts = times(2, 25)): Promise<Rolled> {
  const all: RunningApplication[] = [];
  const startOne = async (): Promise<RunningApplication> => {
    const app = await work.start();
    all.push(app);
    return app;
  };
  const serving = await Promise.all([startOne(), startOne()]);
  const load = new Load(work);
  const exits: Exit[] = [];
  const leave = async (app: RunningApplication) => {
    app.signal('SIGTERM');
    exits.push(await app.exited);
  };
  for (let restart = 0; restart < restarts; restart++) {
    serving.push(await startOne());
    const leaving = serving.shift()!;
    await leaving.event(work.ends, HANDLED_BETWEEN);
    await leave(leaving);
  }
  await load.stop();
  // A message that nobody waits for may still be in its queue.
  const isHandled = () => new Set(numbersOf(all, work.ends)).size >= load.sent.length;
  const end = Date.now() + PATIENCE_MS;
  while (!isHandled() && Date.now() < end) await sleep(LOOK_AGAIN_MS);
  for (const app of serving) await leave(app);
  const handled = numbersOf(all, work.ends);
  return {
    sent: load.sent,
    failed: load.failed,
    handled,
    unfinished: numbersOf(all, work.begins).length - handled.length,
    exits,
    log: all.map(({ log }) => log).join(''),
  };
}

/**
 * Every message was answered and handled, each instance left cleanly.
 *
 * @param copies - how many instances handle each message
 */
export function expectNothingLost(rolled: Rolled, copies = 1): void {
  expect(rolled).toMatchObject({ failed: [], unfinished: 0 });
  const timesHandled = new Map<number, number>();
  for (const id of rolled.handled) timesHandled.set(id, (timesHandled.get(id) ?? 0) + 1);
  expect(rolled.sent.filter((id) => !timesHandled.has(id))).toEqual([]);
  expect(Math.max(...timesHandled.values())).toBeLessThanOrEqual(copies);
  for (const exit of rolled.exits) expect(exit).toMatchObject({ code: 0, signal: null });
}

/** Numbered messages, sent steadily, whatever becomes of them. */
class Load {
  readonly sent: number[] = [];
  readonly failed: number[] = [];
  readonly #settled: Promise<void>[] = [];
  readonly #running: Promise<void>;
  #isStopped = false;

  constructor(work: SharedWork) {
    this.#running = this.#run(work);
  }

  /** Resolves when every message has its outcome. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    await Promise.all(this.#settled);
  }

  async #run(work: SharedWork): Promise<void> {
    for (let id = 1; !this.#isStopped; id++) {
      this.sent.push(id);
      this.#settled.push(this.#send(work, id));
      await sleep(work.everyMs ?? EVERY_MS);
    }
  }

  async #send(work: SharedWork, id: number): Promise<void> {
    try {
      await work.send(id);
    } catch {
      this.failed.push(id);
    }
  }
}

function numbersOf(all: readonly RunningApplication[], event: string): number[] {
  return all
    .flatMap(({ events }) => events.filter(({ name }) => name === event))
    .map(({ detail }) => Number(detail));
}
