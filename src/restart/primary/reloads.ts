/**
 * One reload at a time. However many are asked for while one runs, one more follows it: it brings
 * whatever has come to the disk since.
 *
 * @internal
 */
export class Reloads<Result> {
  #running: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(private readonly reload: () => Promise<Result>) {}

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  request(): Promise<Result> {
    // One that waits begins a moment after the running one has ended.
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#run();
    this.#next = this.#running.then(
      () => this.#run(),
      () => this.#run(),
    );
    return this.#next;
  }

  #run(): Promise<Result> {
    this.#next = undefined;
    this.#running = this.reload().finally(() => (this.#running = undefined));
    return this.#running;
  }
}
