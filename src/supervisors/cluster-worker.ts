import cluster, { type Worker } from 'node:cluster';

import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import type { Supervisor } from './supervisor.js';

type Listener = (message: unknown, handle: unknown) => void;

/** How long a connection may be on its way from the primary. */
const HANDED_OVER_MS = 100;
/** The channel of a cluster; neither the event nor its messages are documented. */
const CHANNEL = 'internalMessage';

/**
 * The primary of a `node:cluster` that the application, or a tool like PM2, has made.
 *
 * Left alone, Node ends a worker at once when its primary dies; and when the primary calls
 * `worker.disconnect()`, Node closes the servers, and idle connections with them, in the worker's
 * next turn (lib/internal/cluster/child.js, the same from Node 20 to 24). Both begin the shutdown
 * here.
 *
 * @internal
 */
export class ClusterWorker implements Supervisor {
  #passOn: (() => void) | undefined;
  readonly #restores: (() => void)[] = [];

  private constructor(
    private readonly worker: Worker,
    private readonly applications: ProcessShutdown,
  ) {
    this.#outlivePrimary();
    this.#answerLater();
  }

  /** @returns undefined if this process is no cluster worker */
  static ofThisProcess(applications: ProcessShutdown): ClusterWorker | undefined {
    const { worker } = cluster;
    return worker === undefined || worker === null
      ? undefined
      : new ClusterWorker(worker, applications);
  }

  /**
   * Under round robin the primary may have handed over a connection that this process has not seen
   * yet, whose client would wait forever. Connections that arrive now go back to other workers. The
   * worker's end only counts as wanted if the primary called `disconnect()`
   * (`exitedAfterDisconnect`); otherwise many primaries start another worker.
   */
  closed(): void {
    for (const restore of this.#restores.splice(0)) restore();
    if (!this.worker.isConnected()) return;
    if (this.#passOn !== undefined) return this.#passOn();
    setTimeout(() => process.channel?.unref(), HANDED_OVER_MS);
  }

  #outlivePrimary(): void {
    const onDisconnect = () => {
      if (this.worker.exitedAfterDisconnect) return;
      // Node checks it right after this, and would exit.
      this.worker.exitedAfterDisconnect = true;
      this.#leave('the primary of the cluster is gone');
    };
    process.prependListener('disconnect', onDisconnect);
    this.#restores.push(() => process.off('disconnect', onDisconnect));
  }

  /** Keeps the primary's `worker.disconnect()` back until the applications are closed. */
  #answerLater(): void {
    for (const listener of process.listeners(CHANNEL as 'message') as Listener[]) {
      const wrapped: Listener = (message, handle) => {
        if (!isDisconnect(message)) return listener(message, handle);
        this.#passOn = () => listener(message, handle);
        this.#leave('worker.disconnect() of the cluster');
      };
      process.off(CHANNEL, listener);
      process.on(CHANNEL, wrapped);
      this.#restores.push(() => {
        process.off(CHANNEL, wrapped);
        process.on(CHANNEL, listener);
      });
    }
  }

  #leave(reason: string): void {
    void this.applications.leave({ kind: 'request', reason });
  }
}

function isDisconnect(message: unknown): boolean {
  const { cmd, act } = message as { cmd?: string; act?: string };
  return cmd === 'NODE_CLUSTER' && act === 'disconnect';
}
