import { setTimeout as sleep } from 'node:timers/promises';

/** Stands for somebody else's pool of threads, which knows neither Nest nor this package. */
export class ThumbnailPool {
  private readonly running = new Set<Promise<void>>();

  get size(): number {
    return this.running.size;
  }

  run(ms: number): void {
    const task = sleep(ms).then(() => void this.running.delete(task));
    this.running.add(task);
  }

  async onIdle(): Promise<void> {
    await Promise.all(this.running);
  }
}
