import { constants } from 'node:os';

import type { Clock } from './clock.js';
import { ForeignListeners } from './foreign-listeners.js';
import type { ProcessMember } from './process-member.js';
import type { ProcessPort } from './process-port.js';
import type { ShutdownObserver } from './shutdown-observer.js';
import { isClean } from './shutdown-outcome.js';
import { isAwaited, type ShutdownTrigger } from './shutdown-trigger.js';
import { SignalEcho } from './signal-echo.js';
import { within } from './within.js';

/** How long the event loop may live on once all applications are closed. */
const EXIT_WAIT_MS = 100;
/** The number that a shell adds to the signal that ended a command. */
const SIGNAL_EXIT = 128;
/** A sequence keeps its own deadline, and logs more when it does. */
const SEQUENCE_MARGIN_MS = 50;
/** How long after the deadline the watchdog acts, so that it never comes first. */
const WATCHDOG_MARGIN_MS = 200;

/**
 * All applications of one process: they share its signals, leave together, and the process ends
 * when the last of them is closed.
 *
 * @internal
 */
export class ProcessShutdown {
  readonly #members = new Set<ProcessMember>();
  readonly #subscriptions = new Map<string, () => void>();
  readonly #foreign = new ForeignListeners();
  readonly #onSignal = (signal: NodeJS.Signals) => this.#received(signal);
  #signals = 0;
  readonly #echo: SignalEcho;
  #cutsNow = false;
  #hasCrashed = false;
  #isClosed = false;
  /** Whether a job was interrupted before it was done. */
  #isInterrupted = false;
  #isAnnounced = false;
  #trigger: ShutdownTrigger | undefined;
  #leaving: Promise<void> | undefined;
  /** Aborted when a restart that had to leave early is over its time. */
  readonly #overdue = new AbortController();

  constructor(
    private readonly port: ProcessPort,
    private readonly clock: Clock,
  ) {
    this.#echo = new SignalEcho(clock);
  }

  /** The process that gets the signals in place of this one, if any. */
  get signalledPid(): number | undefined {
    return this.port.signalledPid;
  }

  /** False in a worker thread. */
  get getsSignals(): boolean {
    return this.port.getsSignals !== false;
  }

  get unsupportedRuntime(): string | undefined {
    return this.port.unsupportedRuntime;
  }

  /** Whether the process ends with the shutdown that runs. */
  get isLeaving(): boolean {
    return this.#leaving !== undefined;
  }

  /** @returns a function that removes it, and the signal listeners with the last one */
  join(member: ProcessMember): () => void {
    this.#members.add(member);
    this.refresh();
    return () => {
      this.#members.delete(member);
      this.refresh();
    };
  }

  /** Adds and removes signal listeners, to fit what the members need. */
  refresh(): void {
    const members = [...this.#members];
    const wanted = new Map<string, () => () => void>();
    for (const signal of new Set(members.flatMap((member) => member.signals))) {
      wanted.set(signal, () => this.port.onSignal(signal, this.#onSignal));
    }
    if (this.isLeaving || members.some((member) => member.leavesOnCrash)) {
      wanted.set('crash', () =>
        this.port.onCrash((error, isTaken) => this.#crashed(error, isTaken)),
      );
    }
    for (const [event, unsubscribe] of this.#subscriptions) {
      if (wanted.has(event)) continue;
      unsubscribe();
      this.#subscriptions.delete(event);
    }
    for (const [event, subscribe] of wanted) {
      if (!this.#subscriptions.has(event)) this.#subscriptions.set(event, subscribe());
    }
  }

  /** All applications leave, then the process ends. Joins a shutdown that runs. */
  leave(trigger: ShutdownTrigger): Promise<void> {
    const wasAwaited = this.#trigger === undefined || isAwaited(this.#trigger);
    if (this.#trigger === undefined || !wasAwaited) this.#trigger = trigger;
    if (this.#leaving === undefined) {
      // Set before it runs: an observer of its beginning may call this again.
      let begin!: (leave: Promise<void>) => void;
      this.#leaving = new Promise((resolve) => (begin = resolve));
      // From now on an uncaught error must not end the process in the middle.
      this.refresh();
      begin(this.#leave(trigger));
    } else if (!wasAwaited && isAwaited(trigger)) {
      this.#leaveNow(trigger);
    }
    return this.#leaving;
  }

  /** Cuts the work in flight. */
  cutNow(): void {
    this.#cutsNow = true;
    for (const { sequence } of this.#members) sequence.cutNow();
  }

  /** The listeners of other code on a signal. */
  foreignListeners(signal: NodeJS.Signals): readonly object[] {
    return this.port.listeners(signal).filter((listener) => listener !== this.#onSignal);
  }

  /** Names the listeners of other code, each once. */
  nameForeignListeners(): void {
    for (const member of this.#members) {
      for (const signal of member.signals) {
        for (const listener of this.foreignListeners(signal)) {
          const name = this.#foreign.nameOnce(listener);
          if (name === undefined) continue;
          member.sequence.tell((observer) => observer.foreignListener?.(signal, name));
        }
      }
    }
  }

  #received(signal: NodeJS.Signals): void {
    if (this.#echo.isEcho(signal)) return;
    this.#signals += 1;
    if (this.#signals === 1) {
      const typed = signal === 'SIGINT' && this.port.isTerminal();
      void this.leave({ kind: 'signal', signal, typed });
      this.nameForeignListeners();
    } else if (this.#signals === 2) {
      this.cutNow();
    } else {
      this.#exitNow(1);
    }
  }

  #crashed(error: unknown, isTaken: boolean): void {
    const members = [...this.#members];
    if (this.#isClosed) return this.#crashedLate(error);
    const isWanted = members.some((member) => member.leavesOnCrash);
    if (isTaken && !isWanted) return;
    this.#hasCrashed = true;
    for (const { sequence } of members) {
      if (this.isLeaving) sequence.fail({ where: 'uncaught error', error });
      else sequence.tell((observer) => observer.crashed?.(error));
    }
    if (isWanted) void this.leave({ kind: 'crash', error });
  }

  /**
   * For a server, a late task that meets a closed pool is no failure; for a job, it means that the
   * job was abandoned.
   */
  #crashedLate(error: unknown): void {
    this.#isInterrupted = true;
    this.#tell((observer) => observer.crashedLate?.(error));
  }

  async #leave(trigger: ShutdownTrigger): Promise<void> {
    const members = [...this.#members];
    const isServer = members.some((member) => member.isServer());
    if (!members.some((member) => member.isCreated())) {
      return this.#exitNow(this.#hasCrashed ? 1 : isServer ? 0 : this.#interruptedCode());
    }
    this.port.ignoreOutputErrors();
    this.port.onExit((code) => this.#announceExit(code));
    const isReachable = this.port.hasServers() || members.some((member) => member.isReachable());
    for (const { sequence } of members) sequence.isReachable = isReachable;
    const isJob = !isReachable && !members.some(({ sequence }) => sequence.takesWork);
    const longestMs = this.#longestMs(trigger);
    this.#startWatchdog(longestMs);
    const closed = this.#closeAll();
    if (!(await this.#isOverWithin(longestMs, closed, this.#overdue.signal)))
      return this.#exitNow(1);
    const clean = (await closed) && !this.#hasCrashed;
    const code = clean ? 0 : 1;
    this.#isClosed = true;
    // With a `main.ts` that awaits the start at its top level, Node would exit with 13.
    if ([...this.#members].some((one) => one.isStarting())) {
      return this.#exitNow(clean && !isServer ? this.#interruptedCode() : code);
    }
    if (clean && isJob) return this.#endJob();
    this.#announceExit(code);
    this.port.exitWhenIdle(code, EXIT_WAIT_MS, (resources) => {
      // Cut work or a hanging hook holds the loop, and has been named already.
      if (clean && resources.length > 0) this.#tellOne((observer) => observer.held?.(resources));
    });
  }

  /**
   * Ends a job: a process without a listener, to which no work came by itself. A finished job lets
   * the event loop end. An unfinished one must not look finished: Kubernetes calls a Job complete
   * if its process exits with 0.
   */
  #endJob(): void {
    this.port.onIdle(EXIT_WAIT_MS, (resources) => {
      this.#isInterrupted ||= resources.length > 0;
      const code = this.#isInterrupted ? this.#interruptedCode() : 0;
      if (code !== 0) this.#tellOne((observer) => observer.gaveUp?.(resources, code));
      else if (resources.length > 0) this.#tellOne((observer) => observer.held?.(resources));
      this.#announceExit(code);
      if (code !== 0 || resources.length > 0) this.port.exit(code);
    });
  }

  /** The shell's convention: 128 plus the number of the signal. */
  #interruptedCode(): number {
    const trigger = this.#trigger;
    return trigger?.kind === 'signal' ? SIGNAL_EXIT + constants.signals[trigger.signal] : 0;
  }

  #exitNow(code: number): void {
    this.#announceExit(code);
    this.port.exit(code);
  }

  #announceExit(code: number): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#tell((observer) => observer.exits?.(code));
  }

  #tell(news: (observer: ShutdownObserver) => void): void {
    for (const { sequence } of this.#members) sequence.tell(news);
  }

  /** What concerns all is logged once. */
  #tellOne(news: (observer: ShutdownObserver) => void): void {
    const [member] = this.#members;
    member?.sequence.tell(news);
  }

  /** A restart is in progress, and somebody waits for its end now. */
  #leaveNow(trigger: ShutdownTrigger): void {
    for (const { sequence } of this.#members) {
      if (sequence.trigger !== undefined) void sequence.start(trigger);
    }
    void this.#giveUpAfter(this.#longestMs(trigger));
  }

  async #giveUpAfter(ms: number): Promise<void> {
    this.#startWatchdog(ms);
    if (!(await this.#isOverWithin(ms, this.#leaving!))) this.#overdue.abort();
  }

  /** Before anything of the application runs, and so that its thread starts meanwhile. */
  #startWatchdog(ms: number): void {
    this.port.startWatchdog(ms + WATCHDOG_MARGIN_MS);
  }

  #isOverWithin(ms: number, end: Promise<unknown>, interrupt?: AbortSignal): Promise<boolean> {
    return within(this.clock, ms + SEQUENCE_MARGIN_MS, end, interrupt);
  }

  #longestMs(trigger: ShutdownTrigger): number {
    return Math.max(...[...this.#members].map(({ sequence }) => sequence.longestMs(trigger)));
  }

  /** @returns whether all went well, including members that joined meanwhile */
  async #closeAll(): Promise<boolean> {
    const closed = new Set<ProcessMember>();
    let clean = true;
    for (;;) {
      const open = [...this.#members].filter((member) => member.isCreated() && !closed.has(member));
      if (open.length === 0) return clean;
      const outcomes = await Promise.all(
        open.map(({ sequence }) => {
          const outcome = sequence.start(this.#trigger!);
          // It joined after the second signal, which cut the others.
          if (this.#cutsNow) sequence.cutNow();
          return outcome;
        }),
      );
      clean &&= outcomes.every(isClean);
      for (const member of open) closed.add(member);
    }
  }
}
