/**
 * Runs one reload at a time. Any number of requests during a reload lead to one more, with the code
 * then on disk.
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
    // A waiting reload begins a moment after the running one has ended.
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
