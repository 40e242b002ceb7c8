import { seconds } from '../shutdown/amounts.js';
import { messageOf } from '../shutdown/plain-text.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { secondsNeeded, type ShutdownBudget, totalMs } from '../shutdown/shutdown-budget.js';
import type { LogSink } from './shutdown-log.js';

/**
 * The log lines of a start, for its operator: what is armed, and what the shutdown will lack.
 *
 * @internal
 */
export class StartLog {
  constructor(private readonly sink: Pick<LogSink, 'log' | 'warn'>) {}

  /** @param signalledPid - the process that gets the signals in place of this one, if any */
  armed(signals: readonly string[], budget: ShutdownBudget, signalledPid?: number): void {
    const { gracePeriodMs, drainTimeoutMs, closeTimeoutMs } = budget;
    const times =
      `grace ${seconds(gracePeriodMs)} + drain ${seconds(drainTimeoutMs)} + ` +
      `close ${seconds(closeTimeoutMs)} = ${seconds(totalMs(budget))}`;
    if (signalledPid !== undefined) {
      this.sink.log(
        `Armed as a worker of process ${signalledPid}, which takes the signals: ${times}`,
      );
      return;
    }
    this.sink.log(
      `Armed for ${signals.join(', ') || 'no signal'}: ${times}` +
        `; in Kubernetes set terminationGracePeriodSeconds to at least ${secondsNeeded(totalMs(budget))}`,
    );
  }

  /** Warns about a process in which a shutdown is limited. */
  runsOn({
    getsSignals,
    unsupportedRuntime,
  }: Pick<ProcessShutdown, 'getsSignals' | 'unsupportedRuntime'>): void {
    if (!getsSignals) {
      this.sink.warn(
        'Running in a worker thread: Node delivers signals to the main thread only. Let the main ' +
          'thread tell this one to call app.close(). A blocked worker thread is not killed.',
      );
    }
    if (unsupportedRuntime === undefined) return;
    this.sink.warn(
      `${unsupportedRuntime} is not supported: requests in flight are not counted and may be cut`,
    );
  }

  plain(): void {
    this.sink.warn(
      "Rehearsal with --against plain: the module does nothing, Nest's own hooks are enabled",
    );
  }

  startedAgain(): void {
    this.sink.warn(
      'The application was started again after its start had failed: it leaves without a drain. ' +
        'Create a new application for each attempt.',
    );
  }

  notReady(reason: string): void {
    this.sink.warn(`Not ready for connections yet: ${reason}`);
  }

  notCaptured(): void {
    this.sink.warn(
      'The module cannot run before onModuleDestroy in this version of Nest, so it handles no ' +
        'signal. Add `GracefulShutdownModule.attach(app)` to main.ts, right after ' +
        'NestFactory.create(). Until then, with app.enableShutdownHooks(), requests are drained in ' +
        'beforeApplicationShutdown, when providers may already have closed what requests need.',
    );
  }

  idleSettings(settings: readonly string[]): void {
    if (settings.length === 0) return;
    this.sink.warn(
      `These settings have no effect, because requests are drained before Nest closes: ` +
        `${settings.join(', ')}. Remove them; gracePeriodMs is the time for the load balancer.`,
    );
  }

  unknownConsumer(library: string): void {
    this.sink.warn(
      `The module cannot stop the consumers of ${library}: after the signal they keep taking messages ` +
        'or jobs, and those in flight are not awaited. Add a participant that stops them, with ' +
        "stopsAt: 'grace', and @TrackInFlight() to their handlers.",
    );
  }

  unreadableSettings(error: unknown): void {
    this.sink.warn(`Could not check for settings that have no effect: ${messageOf(error)}`);
  }

  /** @param gracePeriodMs - the grace period that a server would have */
  unreachable(gracePeriodMs: number): void {
    this.sink.log(
      `No server is listening: the grace period of ${seconds(gracePeriodMs)} is skipped, unless a ` +
        'server is listening when the signal comes',
    );
  }

  otherApplication(): void {
    this.sink.log(
      'Another application in this process does not import GracefulShutdownModule: it shuts down ' +
        'with this one, within the same times; its websockets and messages are not awaited',
    );
  }
}
