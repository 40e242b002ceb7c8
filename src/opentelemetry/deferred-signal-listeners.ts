import type { ShutdownReport } from '../report/shutdown-report.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import type { DeferredListeners } from './graceful-shutdown-telemetry.options.js';

type SignalListener = NodeJS.SignalsListener & {
  /** Of one that is called once: what its user gave. */
  readonly listener?: NodeJS.SignalsListener;
};

interface Taken {
  readonly signal: NodeJS.Signals;
  readonly listener: SignalListener;
}

/** `sdk.shutdown()`, as in the docs of OpenTelemetry and in its packages that start it. */
const SHUTS_TELEMETRY_DOWN = /\b(?:\w*sdk|\w*telemetry|otel\w*|\w*provider)\s*\??\.\s*shutdown\(/i;

/** What is used of a process. */
type SignalTarget = Pick<NodeJS.Process, 'rawListeners' | 'on' | 'off' | 'once' | 'exitCode'>;

/**
 * Listeners of others on the signals of an application that wait until it is over: they would close
 * what the drain still needs.
 *
 * @internal
 */
export class DeferredSignalListeners {
  readonly #taken: Taken[] = [];

  constructor(
    private readonly kind: DeferredListeners,
    private readonly signals: readonly NodeJS.Signals[],
    private readonly shutdown: Pick<ProcessShutdown, 'foreignListeners'>,
    private readonly target: SignalTarget = process,
  ) {}

  take(): void {
    if (this.kind === 'none') return;
    for (const signal of this.signals) {
      const foreign = new Set<object>(this.shutdown.foreignListeners(signal));
      for (const listener of this.target.rawListeners(signal) as SignalListener[]) {
        const given = listener.listener ?? listener;
        if (foreign.has(given) && this.#isDeferred(given)) this.#take({ signal, listener });
      }
    }
  }

  /** The process lives on. */
  putBack(): void {
    for (const { signal, listener } of this.#taken.splice(0)) this.target.on(signal, listener);
  }

  /** They get the signal now that all is over, and cannot change what the process ends with. */
  call({ trigger, exitCode }: ShutdownReport): void {
    if (exitCode === undefined) return;
    const called = this.#taken.filter(({ signal }) => signal === trigger.signal);
    if (called.length === 0) return;
    this.target.once('exit', () => (this.target.exitCode = exitCode));
    // One of them may end the process at once.
    setImmediate(() => {
      for (const { signal, listener } of called) listener(signal);
    });
  }

  #take(taken: Taken): void {
    this.target.off(taken.signal, taken.listener);
    this.#taken.push(taken);
  }

  #isDeferred(listener: object): boolean {
    if (this.kind === 'all') return true;
    return SHUTS_TELEMETRY_DOWN.test(Function.prototype.toString.call(listener));
  }
}
