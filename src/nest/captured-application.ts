import type { ModulesContainer } from '@nestjs/core';

import { isCalledFromWork } from '../shutdown/called-from.js';
import type { Clock } from '../shutdown/clock.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { signalOf, type ShutdownTrigger } from '../shutdown/shutdown-trigger.js';
import type { Teardown, TeardownObserver } from '../shutdown/teardown.js';
import { never } from '../shutdown/within.js';
import type { NestInstance } from './application-sighting.js';
import { BootstrapParticipant } from './bootstrap.participant.js';
import { builtProviders } from './built-providers.js';
import { handlerClassesOf } from './controllers.js';
import { type MakeMethod, replaceMethod, ReplacedMethods } from './replace-method.js';
import { TeardownHooks } from './teardown-hooks.js';

/**
 * How long after `init()` an application may begin to listen. One that never does has servers made
 * by hand, as in Nest's recipe for several servers.
 */
const LISTEN_WITHIN_MS = 1000;

/** Those of `enableShutdownHooks()`. */
type HooksArguments = [signals?: readonly string[], ...rest: unknown[]];

/**
 * The application, with the shutdown put before its teardown: `close()` drains first, and signals
 * are the process's to handle, not Nest's.
 *
 * @internal
 */
export class CapturedApplication implements Teardown {
  readonly #bootstrap: BootstrapParticipant;
  /**
   * Called when all providers have been made, before the gateways are looked at and before the first
   * `onModuleInit`.
   */
  beforeInit = () => {};
  /**
   * Called when it listens, or when it is initialized and has no server, or does not listen soon.
   */
  onStarted: (() => void) | undefined;
  /** Called when its start has failed. */
  onFailed = () => {};
  /** Called with the arguments of `enableShutdownHooks()`, in its place. */
  onHooksEnabled = (_signals?: readonly string[], ..._rest: readonly unknown[]) => {};
  readonly #close: (signal?: string) => Promise<void>;
  readonly #replaced = new ReplacedMethods();
  #starting = 0;
  #isListening = false;
  #isReopened = false;
  #isReleased = false;
  #cancelWait = () => {};
  #closing: Promise<void> | undefined;
  #hooks: TeardownHooks | undefined;

  constructor(
    readonly instance: NestInstance,
    private readonly modules: ModulesContainer,
    private readonly sequence: ShutdownSequence,
    private readonly clock: Clock,
  ) {
    this.#bootstrap = new BootstrapParticipant(clock);
    sequence.addParticipant(this.#bootstrap);
    sequence.adopt(this);
    this.#close = instance.close.bind(instance);
    // Stays after the end, so that closing twice is one shutdown.
    replaceMethod(instance, 'close', () => (signal?: string) => this.close(signal));
    this.replace('enableShutdownHooks', () => this.#hooksEnabled(instance));
    for (const name of ['connectMicroservice', 'select']) {
      this.replace(
        name,
        (make) =>
          (...args) =>
            this.#handleSignalsOf(make(...args) as object),
      );
    }
    this.#followBootstrap();
    for (const start of ['init', 'listen']) this.#holdWhileLeaving(start);
  }

  /** Whether `main.ts` waits for the application to start. */
  get isStarting(): boolean {
    return this.#starting > 0;
  }

  /** Whether peers may have connected: it, or a microservice of it, began to listen. */
  get isReachable(): boolean {
    return this.#isListening || (this.instance.getMicroservices?.().length ?? 0) > 0;
  }

  /** `app.close()`: the whole sequence, or the rest of the one that runs. */
  async close(signal?: string): Promise<void> {
    // It listens again after its drain: Nest's own close() applies.
    if (this.#isReopened) {
      this.#isReopened = false;
      return this.#close(signal);
    }
    const closed = this.sequence.start({ kind: 'close', signal });
    if (isCalledFromWork(handlerClassesOf(this.modules))) return;
    await closed;
    // An error is passed to the caller, as without this package.
    if (!this.sequence.endsProcess) await this.#closing;
    // The caller may end the process afterwards: the report comes first.
    else await this.clock.turn();
  }

  async run(trigger: ShutdownTrigger, observer: TeardownObserver): Promise<void> {
    const signal = signalOf(trigger);
    const { modules, clock, sequence } = this;
    const isolated = sequence.endsProcess;
    const remainingMs = () => sequence.teardownRemainingMs();
    const rules = { signal, isolated, remainingMs };
    this.#hooks = new TeardownHooks(builtProviders(modules), rules, clock, observer);
    this.#closing = this.#close(signal);
    await this.#closing;
    await this.#hooks.settled();
  }

  unfinished(): readonly string[] {
    const hooks = this.#hooks?.unfinished() ?? [];
    return hooks.length > 0 ? hooks : ['close()'];
  }

  /** Replaces a method until the application is closed. */
  replace(name: string, make: MakeMethod): void {
    this.#replaced.replace(this.instance, name, make);
  }

  release(): void {
    this.#isReleased = true;
    this.#cancelWait();
    this.#hooks?.restore();
    this.#replaced.restore();
    // Stays, like close().
    replaceMethod(this.instance, 'listen', (original) => (...args: unknown[]) => {
      this.#isReopened = true;
      return original(...args) as unknown;
    });
  }

  #hooksEnabled(called: object): (...args: HooksArguments) => object {
    return (...args) => {
      this.onHooksEnabled(...args);
      return called;
    };
  }

  /**
   * A connected microservice, or a context of `select()`, has the providers of the application. Its
   * own listener would run their hooks at the signal, beside the drain. It may select again.
   */
  #handleSignalsOf(part: object): object {
    replaceMethod(part, 'enableShutdownHooks', (original) => (...asked: HooksArguments) => {
      if (this.#isReleased) return original(...asked) as object;
      return this.#hooksEnabled(part)(...asked);
    });
    replaceMethod(
      part,
      'select',
      (make) =>
        (...args: unknown[]) =>
          this.#handleSignalsOf(make(...args) as object),
    );
    return part;
  }

  #followBootstrap(): void {
    // A context does not call it, and has no gateways.
    this.replace('registerModules', (original) => async () => {
      this.beforeInit();
      await original();
    });
    this.replace('callInitHook', (original) => async () => {
      this.#bootstrap.begin();
      try {
        this.beforeInit();
        await original();
      } catch (error) {
        this.#nameStartFailure(error);
        this.#startFailed();
        throw error;
      }
    });
    this.replace('callBootstrapHook', (original) => async () => {
      try {
        await original();
      } catch (error) {
        this.#nameStartFailure(error);
        this.#startFailed();
        throw error;
      }
      this.#bootstrap.end();
      this.#initialized();
    });
  }

  /**
   * Nobody else hears of it while the process leaves, because `listen()` does not reject then. Once
   * the teardown has begun, what it has closed may be the cause.
   */
  #nameStartFailure(error: unknown): void {
    const { sequence } = this;
    if (sequence.endsProcess && sequence.state !== 'closing')
      sequence.fail({ where: 'start', error });
  }

  #startFailed(): void {
    this.#bootstrap.end();
    this.onFailed();
  }

  #initialized(): void {
    if (this.onStarted === undefined || this.#isListening) return;
    if (!('listen' in this.instance)) return this.onStarted();
    const started = () => this.onStarted?.();
    this.#cancelWait = this.clock.after(LISTEN_WITHIN_MS, started, false);
  }

  #listens(): void {
    this.#isListening = true;
    this.#cancelWait();
  }

  /** A leaving application must not begin to listen, nor resolve `listen()` for `main.ts`. */
  #holdWhileLeaving(name: string): void {
    this.replace(name, (original) => async (...args: unknown[]): Promise<unknown> => {
      this.#starting += 1;
      if (name === 'listen') this.#listens();
      if (this.sequence.endsProcess) return never();
      try {
        const result: unknown = await original(...args);
        if (this.sequence.endsProcess) return await never();
        this.#starting -= 1;
        if (name === 'listen') this.onStarted?.();
        return result;
      } catch (error) {
        if (this.sequence.endsProcess) return never();
        this.#starting -= 1;
        // One that cannot listen is initialized, and may listen elsewhere.
        if (name === 'init') this.#startFailed();
        throw error;
      }
    });
  }
}
