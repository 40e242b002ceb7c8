import type { ShutdownReport } from '../report/shutdown-report.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import type { DeferredListeners } from './graceful-shutdown-telemetry.options.js';

type SignalListener = NodeJS.SignalsListener & {
  /** The original function of a `once()` listener. */
  readonly listener?: NodeJS.SignalsListener;
};

interface Taken {
  readonly signal: NodeJS.Signals;
  readonly listener: SignalListener;
}

/** Matches `sdk.shutdown()`, as in the docs and packages of OpenTelemetry. */
const SHUTS_TELEMETRY_DOWN = /\b(?:\w*sdk|\w*telemetry|otel\w*|\w*provider)\s*\??\.\s*shutdown\(/i;

/** The part of a process that is used here. */
type SignalTarget = Pick<NodeJS.Process, 'rawListeners' | 'on' | 'off' | 'once' | 'exitCode'>;

/**
 * Defers signal listeners of other code until the shutdown is over, because they would close what
 * the drain still needs.
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

  /** Calls the listeners now that the shutdown is over. They cannot change the exit code. */
  call({ trigger, exitCode }: ShutdownReport): void {
    if (exitCode === undefined) return;
    const called = this.#taken.filter(({ signal }) => signal === trigger.signal);
    if (called.length === 0) return;
    this.target.once('exit', () => (this.target.exitCode = exitCode));
    // A listener may end the process at once.
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
