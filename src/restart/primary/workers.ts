import type { Errno, ListenHandle, ListenQuery } from '../../sockets/bind.js';
import { describeListenError } from '../../sockets/describe-address.js';
import type { LeaveReason } from '../protocol.js';
import type { WorkerStatus } from '../restart-status.js';
import { InspectorPorts } from './inspector-ports.js';
import type { ListeningSockets } from './listening-sockets.js';
import type { Releases } from './releases.js';
import type { ResolvedRestartOptions } from './restart-options.js';
import { WorkerEnvironment } from './worker-environment.js';
import { type WorkerOwner, type WorkerPlace, WorkerProcess } from './worker-process.js';

/**
 * All worker processes, including those that start or leave.
 *
 * @internal
 */
export class Workers implements WorkerOwner {
  readonly #workers = new Set<WorkerProcess>();
  readonly #environment = new WorkerEnvironment();
  readonly #signals = new Set<NodeJS.Signals>();
  readonly #inspectorPorts = new InspectorPorts();
  /** Called with the signals that an application handles. */
  onSignals: (signals: readonly NodeJS.Signals[]) => void = () => {};
  #onChange = () => {};

  constructor(
    private readonly releases: Releases,
    private readonly options: Pick<ResolvedRestartOptions, 'args' | 'readyPath' | 'hooks' | 'log'>,
    private readonly sockets: ListeningSockets,
  ) {}

  get all(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  /** The signals that their applications handle. */
  get signals(): ReadonlySet<NodeJS.Signals> {
    return this.#signals;
  }

  /** How long they may take to leave, in ms. */
  get budgetMs(): number {
    return Math.max(0, ...this.all.map(({ budgetMs }) => budgetMs));
  }

  /** @param wanted - the number of workers */
  start(place: WorkerPlace, wanted: number): WorkerProcess {
    const { readyPath, hooks } = this.options;
    const settings = {
      primaryPid: process.pid,
      readyPath,
      isOneOfSeveral: wanted > 1,
      ignores: Object.keys(hooks.onSignal ?? {}) as NodeJS.Signals[],
    };
    const release = this.releases.of(place.generation);
    const port = this.#inspectorPorts.take();
    const worker = new WorkerProcess(
      place,
      release,
      this.options.args,
      [...process.execArgv, ...port.options],
      settings,
      this.#environment.current(),
      this,
    );
    this.#workers.add(worker);
    void this.#forget(worker).then(() => port.release());
    return worker;
  }

  socketFor(query: ListenQuery, index: number): Promise<ListenHandle | Errno> {
    return this.sockets.take(query, index);
  }

  couldNotBind({ pid }: WorkerProcess, query: ListenQuery, error: Errno): void {
    const { log } = this.options;
    log.error(
      `Worker ${pid} has no socket: ${describeListenError(query, error)}${this.sockets.advice(query, error)}`,
    );
  }

  leavesBy(signals: readonly NodeJS.Signals[]): void {
    for (const signal of signals) this.#signals.add(signal);
    this.onSignals(signals);
  }

  stoppedAccepting(): void {
    this.#onChange();
  }

  /** Releases what no lasting worker needs: sockets, and old releases. */
  tidyUp(): void {
    const staying = this.all.filter(({ phase }) => phase !== 'leaving');
    this.releases.retain(new Set(staying.map(({ place }) => place.generation)));
    this.sockets.retain(new Set(staying.flatMap(({ sockets }) => [...sockets])));
  }

  /**
   * Tells all workers to leave, and waits for the last one.
   *
   * @returns whether all did so in time and without an error
   */
  async leave(because: LeaveReason): Promise<boolean> {
    const leaving = this.all;
    this.#onChange = () => {
      // While one of them accepts, its clients must be able to connect.
      if (!leaving.some(({ mayAccept }) => mayAccept)) this.sockets.close();
    };
    for (const worker of leaving) worker.leave(because);
    this.#onChange();
    await Promise.all(leaving.map(({ ended }) => ended));
    return leaving.every(({ isClean }) => isClean);
  }

  force(): void {
    for (const worker of this.#workers) worker.force();
  }

  kill(): void {
    for (const worker of this.#workers) worker.kill();
  }

  status(): Promise<WorkerStatus[]> {
    return Promise.all(this.all.map((worker) => worker.status()));
  }

  async #forget(worker: WorkerProcess): Promise<void> {
    await worker.ended;
    this.#workers.delete(worker);
  }
}
