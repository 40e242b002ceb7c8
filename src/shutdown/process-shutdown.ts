import { constants } from 'node:os';

import type { Clock } from './clock.js';
import { ForeignListeners } from './foreign-listeners.js';
import type { ProcessPort } from './process-port.js';
import { isClean } from './shutdown-outcome.js';
import type { ShutdownSequence } from './shutdown-sequence.js';
import { isAwaited, type ShutdownTrigger } from './shutdown-trigger.js';
import { SignalEcho } from './signal-echo.js';
import { within } from './within.js';

/** How long the event loop may live on once all applications are closed. */
const EXIT_WAIT_MS = 100;
/** What a shell adds to the number of a signal that ended a command. */
const SIGNAL_EXIT = 128;
/** A sequence keeps its deadline by itself, and says more when it does. */
const SEQUENCE_MARGIN_MS = 50;
/** How much later than the deadline the watchdog looks, so that it never wins a fair race. */
const WATCHDOG_MARGIN_MS = 200;

/**
 * An application as its process sees it.
 *
 * @internal
 */
export interface ProcessMember {
  readonly sequence: ShutdownSequence;
  readonly signals: readonly NodeJS.Signals[];
  readonly leavesOnCrash: boolean;
  /** Whether Nest has built it. Before that nothing was started, so nothing is to be stopped. */
  isCreated(): boolean;
  /** Whether somebody still waits for its start, which does not come any more. */
  isStarting(): boolean;
  /** Whether it is made to listen; a context runs a job of its own. */
  isServer(): boolean;
  /** Whether peers may have come to it. */
  isReachable(): boolean;
  crashed(error: unknown): void;
  /** An error that nobody caught has come too late to matter. */
  crashedLate(error: unknown): void;
  /** It was interrupted: what still holds the event loop is given up. */
  gaveUp(resources: readonly string[], code: number): void;
  foreignListener(signal: NodeJS.Signals, name: string): void;
  held(resources: readonly string[]): void;
  /** The process is about to end with this code. */
  exits(code: number): void;
}

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
  /** Whether it was interrupted before what it does was done. */
  #isInterrupted = false;
  #isAnnounced = false;
  #trigger: ShutdownTrigger | undefined;
  #leaving: Promise<void> | undefined;
  /** Aborted when it was told to leave now, and has not left within that time either. */
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

  /** Listens to what the members want to be listened to, and to nothing else. */
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
      // Known before it runs: whoever is told of its beginning may ask for it again.
      let begin!: (leave: Promise<void>) => void;
      this.#leaving = new Promise((resolve) => (begin = resolve));
      // From here on an error that nobody catches must not end it in the middle.
      this.refresh();
      begin(this.#leave(trigger));
    } else if (!wasAwaited && isAwaited(trigger)) {
      this.#leaveNow(trigger);
    }
    return this.#leaving;
  }

  /** What is in flight is cut. */
  cutNow(): void {
    this.#cutsNow = true;
    for (const { sequence } of this.#members) sequence.cutNow();
  }

  /** The listeners of others on a signal. */
  foreignListeners(signal: NodeJS.Signals): readonly object[] {
    return this.port.listeners(signal).filter((listener) => listener !== this.#onSignal);
  }

  /** Names, once each, the listeners of others. */
  nameForeignListeners(): void {
    for (const member of this.#members) {
      for (const signal of member.signals) {
        for (const listener of this.foreignListeners(signal)) {
          const name = this.#foreign.nameOnce(listener);
          if (name !== undefined) member.foreignListener(signal, name);
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
    for (const member of members) {
      if (this.isLeaving) member.sequence.fail({ where: 'uncaught error', error });
      else member.crashed(error);
    }
    if (isWanted) void this.leave({ kind: 'crash', error });
  }

  /** A task that meets its closed pool is no failure of a server; a job that does was given up. */
  #crashedLate(error: unknown): void {
    this.#isInterrupted = true;
    for (const member of this.#members) member.crashedLate(error);
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
    const closed = this.#closeAll();
    if (!(await this.#isOverWithin(longestMs, closed, this.#overdue.signal)))
      return this.#exitNow(1);
    const clean = (await closed) && !this.#hasCrashed;
    const code = clean ? 0 : 1;
    this.#isClosed = true;
    // A `main.ts` that awaits the start at its top level would have Node exit with 13.
    if ([...this.#members].some((one) => one.isStarting())) {
      return this.#exitNow(clean && !isServer ? this.#interruptedCode() : code);
    }
    if (clean && isJob) return this.#endJob();
    this.#announceExit(code);
    const [member] = this.#members;
    this.port.exitWhenIdle(code, EXIT_WAIT_MS, (resources) => {
      // Work that was cut, or a hook that hangs, holds the loop, and has been named already.
      if (clean && resources.length > 0) member?.held(resources);
    });
  }

  /**
   * Nothing listened, and no work came by itself: the process ran a job. One that is done lets the event loop end; one that
   * is not must not look as if it were (Kubernetes calls a Job complete whose process says 0).
   */
  #endJob(): void {
    this.port.onIdle(EXIT_WAIT_MS, (resources) => {
      this.#isInterrupted ||= resources.length > 0;
      const code = this.#isInterrupted ? this.#interruptedCode() : 0;
      const [member] = this.#members;
      if (code !== 0) member?.gaveUp(resources, code);
      else if (resources.length > 0) member?.held(resources);
      this.#announceExit(code);
      if (code !== 0 || resources.length > 0) this.port.exit(code);
    });
  }

  /** As a shell says it: the number of the signal, and 128. */
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
    for (const member of this.#members) member.exits(code);
  }

  /** It has begun to leave without haste, and somebody waits for its end now. */
  #leaveNow(trigger: ShutdownTrigger): void {
    for (const { sequence } of this.#members) {
      if (sequence.trigger !== undefined) void sequence.start(trigger);
    }
    void this.#giveUpAfter(this.#longestMs(trigger));
  }

  async #giveUpAfter(ms: number): Promise<void> {
    if (!(await this.#isOverWithin(ms, this.#leaving!))) this.#overdue.abort();
  }

  #isOverWithin(ms: number, end: Promise<unknown>, interrupt?: AbortSignal): Promise<boolean> {
    this.port.startWatchdog(ms + WATCHDOG_MARGIN_MS);
    return within(this.clock, ms + SEQUENCE_MARGIN_MS, end, interrupt);
  }

  #longestMs(trigger: ShutdownTrigger): number {
    return Math.max(...[...this.#members].map(({ sequence }) => sequence.longestMs(trigger)));
  }

  /** @returns whether all went well, those included that joined while others were closing */
  async #closeAll(): Promise<boolean> {
    const closed = new Set<ProcessMember>();
    let clean = true;
    for (;;) {
      const open = [...this.#members].filter((member) => member.isCreated() && !closed.has(member));
      if (open.length === 0) return clean;
      const outcomes = await Promise.all(
        open.map(({ sequence }) => {
          const outcome = sequence.start(this.#trigger!);
          // It came after the second signal, which forced the others.
          if (this.#cutsNow) sequence.cutNow();
          return outcome;
        }),
      );
      clean &&= outcomes.every(isClean);
      for (const member of open) closed.add(member);
    }
  }
}
