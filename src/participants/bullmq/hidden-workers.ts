/**
 * The part of a queue with `BullModule.registerQueue({ processors })` that is used here.
 *
 * @internal
 */
export interface BullQueue {
  readonly name: string;
  onApplicationShutdown(): Promise<void>;
}

/**
 * The workers of a queue that were given to `registerQueue()`, as functions or as files that run in
 * processes of their own. Only the hook of their queue refers to them. It closes each after its
 * jobs in flight, then the queue.
 *
 * @internal
 */
export class HiddenWorkers {
  #isClosing = false;
  #closed: Promise<void> = Promise.resolve();

  constructor(private readonly queue: BullQueue) {}

  /** A worker that is being closed counts as work in flight; nothing more is known. */
  get active(): number {
    return this.#isClosing ? 1 : 0;
  }

  get label(): string {
    return `queue ${this.queue.name}`;
  }

  stop(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    // The queue itself stays open, for jobs and requests that add to it.
    const open = Object.create(this.queue, {
      close: { value: () => Promise.resolve() },
      disconnect: { value: undefined },
    }) as BullQueue;
    this.#closed = open
      .onApplicationShutdown()
      .catch(() => {})
      .finally(() => (this.#isClosing = false));
  }

  drain(): Promise<void> {
    return this.#closed;
  }
}
