import type { ProcessPort } from '../shutdown/process-port.js';

type SignalListener = (signal: NodeJS.Signals) => void;

/**
 * A fake process, which records what is asked of it and does not end.
 *
 * @internal
 */
export class FakeProcess implements ProcessPort {
  /** Whether a person sits at its standard input. */
  terminal = false;
  /** The codes of immediate exits. */
  readonly exits: number[] = [];
  /** The codes of exits that wait for an idle event loop, and the limit of that wait. */
  readonly idleExits: { readonly code: number; readonly waitMs: number }[] = [];
  /** The limits of its watchdogs, in ms. */
  readonly watchdogs: number[] = [];
  /** How often a listener was added for each signal. */
  readonly subscribed: NodeJS.Signals[] = [];
  readonly #listeners = new Map<NodeJS.Signals, Set<SignalListener>>();
  /** Whether another listener takes uncaught errors. */
  takesErrors = false;
  /** Whether a server of other code listens. */
  serves = false;
  /** Whether its event loop is idle. */
  isIdle = true;
  /** The limits of the waits for an idle event loop. */
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

  /** Raises an uncaught error. */
  crash(error: unknown): void {
    for (const listener of this.#crashListeners) listener(error, this.takesErrors);
  }

  /** Ends it from outside. */
  end(code: number): void {
    for (const listener of this.#exitListeners) listener(code);
  }

  /** Ends the wait for the event loop, with these resources left. */
  hold(...resources: string[]): void {
    this.#onHeld(resources);
  }

  /** Adds a signal listener of other code. */
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

  /** The event loop of a test's process is idle. */
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
