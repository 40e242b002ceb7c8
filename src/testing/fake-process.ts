import type { ProcessPort } from '../shutdown/process-port.js';

type SignalListener = (signal: NodeJS.Signals) => void;

/**
 * A process that records what is asked of it, and ends only for itself.
 *
 * @internal
 */
export class FakeProcess implements ProcessPort {
  /** Whether a person sits at its standard input. */
  terminal = false;
  /** The codes it was ended with at once. */
  readonly exits: number[] = [];
  /** The codes it was told to end with once nothing is left to do, and how long that may take. */
  readonly idleExits: { readonly code: number; readonly waitMs: number }[] = [];
  /** After how many ms its watchdogs bite. */
  readonly watchdogs: number[] = [];
  /** How often each signal was ever listened to. */
  readonly subscribed: NodeJS.Signals[] = [];
  readonly #listeners = new Map<NodeJS.Signals, Set<SignalListener>>();
  /** Whether somebody else takes errors that nobody catches. */
  takesErrors = false;
  /** Whether a server that is not the application's listens. */
  serves = false;
  /** Whether nothing holds its event loop. */
  isIdle = true;
  /** How long it was waited for at most until nothing holds its event loop. */
  readonly idleWaits: number[] = [];
  readonly #crashListeners = new Set<(error: unknown, isTaken: boolean) => void>();
  readonly #exitListeners = new Set<(code: number) => void>();
  #onHeld: (resources: readonly string[]) => void = () => {};

  /** The signals that have a listener, in alphabetical order. */
  get signals(): NodeJS.Signals[] {
    const heard = [...this.#listeners].filter(([, listeners]) => listeners.size > 0);
    return heard.map(([signal]) => signal).toSorted();
  }

  get listensToCrashes(): boolean {
    return this.#crashListeners.size > 0;
  }

  /** Sends it a signal. */
  emit(signal: NodeJS.Signals): void {
    for (const listener of this.listeners(signal)) (listener as SignalListener)(signal);
  }

  /** Lets something throw that nobody catches. */
  crash(error: unknown): void {
    for (const listener of this.#crashListeners) listener(error, this.takesErrors);
  }

  /** Somebody else ends it. */
  end(code: number): void {
    for (const listener of this.#exitListeners) listener(code);
  }

  /** The wait for the event loop is over, and these are still there. */
  hold(...resources: string[]): void {
    this.#onHeld(resources);
  }

  /** Somebody else listens to a signal. */
  addListener(signal: NodeJS.Signals, listener: SignalListener): void {
    const listeners = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, listeners.add(listener));
  }

  onSignal(signal: NodeJS.Signals, listener: SignalListener): () => void {
    this.subscribed.push(signal);
    this.addListener(signal, listener);
    return () => void this.#listeners.get(signal)?.delete(listener);
  }

  onCrash(listener: (error: unknown, isTaken: boolean) => void): () => void {
    this.#crashListeners.add(listener);
    return () => void this.#crashListeners.delete(listener);
  }

  onExit(listener: (code: number) => void): void {
    this.#exitListeners.add(listener);
  }

  hasServers(): boolean {
    return this.serves;
  }

  listeners(signal: NodeJS.Signals): readonly object[] {
    return [...(this.#listeners.get(signal) ?? [])];
  }

  isTerminal(): boolean {
    return this.terminal;
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  exitWhenIdle(code: number, waitMs: number, onHeld: (resources: readonly string[]) => void): void {
    this.idleExits.push({ code, waitMs });
    this.#onHeld = onHeld;
  }

  /** Nothing holds the event loop of a test's process. */
  onIdle(waitMs: number, callback: (resources: readonly string[]) => void): void {
    this.idleWaits.push(waitMs);
    this.#onHeld = callback;
    if (this.isIdle) callback([]);
  }

  ignoreOutputErrors(): void {}

  startWatchdog(ms: number): void {
    this.watchdogs.push(ms);
  }
}
