import { setTimeout as sleep } from 'node:timers/promises';
import { type Observable, timeout } from 'rxjs';

const PATIENCE_MS = 3000;

/** A client that sends one request after the other, whatever becomes of them. */
export class Flow {
  readonly answered: number[] = [];
  readonly failed: number[] = [];
  readonly #settled: Promise<void>[] = [];
  #isStopped = false;
  #running: Promise<void>;

  constructor(send: (id: number) => Observable<unknown>, everyMs: number) {
    this.#running = this.#run(send, everyMs);
  }

  get sent(): number {
    return this.#settled.length;
  }

  /** Resolves when every request has its outcome. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    await Promise.all(this.#settled);
  }

  async #run(send: (id: number) => Observable<unknown>, everyMs: number): Promise<void> {
    for (let id = 1; !this.#isStopped; id++) {
      this.#settled.push(
        new Promise((resolve) => {
          send(id)
            .pipe(timeout(PATIENCE_MS))
            .subscribe({
              next: () => this.answered.push(id),
              complete: resolve,
              error: () => {
                this.failed.push(id);
                resolve();
              },
            });
        }),
      );
      await sleep(everyMs);
    }
  }
}
