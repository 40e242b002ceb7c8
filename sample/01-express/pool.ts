import { setTimeout as sleep } from 'node:timers/promises';

const QUERY_MS = 5;

/** Stands for the pool of a database driver: what runs is finished, what comes later is refused. */
export class Pool {
  private readonly running = new Set<Promise<unknown>>();
  private ended = false;

  async query<T>(run: () => T): Promise<T> {
    if (this.ended) throw new Error('Cannot use a pool after calling end on the pool');
    const query = sleep(QUERY_MS);
    this.running.add(query);
    await query;
    this.running.delete(query);
    return run();
  }

  async end(): Promise<void> {
    this.ended = true;
    await Promise.all(this.running);
  }
}
