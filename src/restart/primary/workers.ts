import type { Errno, ListenHandle, ListenQuery } from '../../net/bind.js';
import { NOTIFY_VARIABLE } from '../../supervisors/systemd-notifier.js';
import type { LeaveReason } from '../protocol.js';
import type { WorkerStatus } from '../restart-status.js';
import type { ListeningSockets } from './listening-sockets.js';
import type { Releases } from './releases.js';
import type { ResolvedRestartOptions } from './restart-options.js';
import { type WorkerOwner, type WorkerPlace, WorkerProcess } from './worker-process.js';

/** What systemd tells this process; the inherited sockets have been taken out already. */
const NOT_FOR_WORKERS: ReadonlySet<string> = new Set([
  NOTIFY_VARIABLE,
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
]);

/**
 * All worker processes, those included that start or leave.
 *
 * @internal
 */
export class Workers implements WorkerOwner {
  readonly #workers = new Set<WorkerProcess>();
  #onChange = () => {};

  constructor(
    private readonly releases: Releases,
    private readonly options: Pick<ResolvedRestartOptions, 'args' | 'readyPath'>,
    private readonly sockets: ListeningSockets,
  ) {}

  get all(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  /** How long they may take to leave, in ms. */
  get budgetMs(): number {
    return Math.max(0, ...this.all.map(({ budgetMs }) => budgetMs));
  }

  start(place: WorkerPlace): WorkerProcess {
    const settings = { primaryPid: process.pid, readyPath: this.options.readyPath };
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !NOT_FOR_WORKERS.has(name)),
    );
    const release = this.releases.of(place.generation);
    const worker = new WorkerProcess(place, release, this.options.args, settings, env, this);
    this.#workers.add(worker);
    void this.#forget(worker);
    return worker;
  }

  socketFor(query: ListenQuery, index: number): Promise<ListenHandle | Errno> {
    return this.sockets.take(query, index);
  }

  stoppedAccepting(): void {
    this.#onChange();
  }

  /** Lets go of what no worker needs any more that is there to stay: sockets, and old releases. */
  tidyUp(): void {
    const staying = this.all.filter(({ phase }) => phase !== 'leaving');
    this.releases.retain(new Set(staying.map(({ place }) => place.generation)));
    this.sockets.retain(new Set(staying.flatMap(({ sockets }) => [...sockets])));
  }

  /**
   * Tells all to leave, and waits for the last one.
   *
   * @returns whether all did so in time and without an error
   */
  async leave(because: LeaveReason): Promise<boolean> {
    const leaving = this.all;
    this.#onChange = () => {
      // As long as one of them accepts, its clients must be able to connect.
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
