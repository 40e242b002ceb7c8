import type { OnModuleInit } from '@nestjs/common';

import { cannotProbe } from '../graceful-shutdown.errors.js';
import type { ProbeOptions } from '../graceful-shutdown.options.js';
import type { GracefulShutdownService } from '../graceful-shutdown.service.js';
import type { ApplicationShutdown } from '../nest/application-shutdown.js';
import type { DrainParticipant } from '../shutdown/drain-participant.js';
import { thisHost } from '../shutdown/host.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { type Probe, ProbeServer } from './probe-server.js';
import { ReadinessFile } from './readiness-file.js';

/** A probed process is a service, so a signal does not interrupt a job. */
const SERVICE: DrainParticipant = {
  name: 'probes',
  active: () => 0,
  drain: () => Promise.resolve(),
  takesWork: () => true,
};

/**
 * Probes beside the application's own HTTP server, as the option `probes` says: a small server, a
 * file, or both.
 *
 * @internal
 */
export class Probes implements OnModuleInit {
  readonly #server: ProbeServer | undefined;
  readonly #file: ReadinessFile | undefined;
  #hasStarted = false;
  #onChange = () => {};
  #listening: Promise<void> | undefined;

  constructor(
    private readonly options: { readonly probes: ProbeOptions | undefined },
    application: ApplicationShutdown,
    private readonly sequence: ShutdownSequence,
    private readonly service: GracefulShutdownService,
  ) {
    const { port, host, file } = options.probes ?? {};
    if (port !== undefined) {
      this.#server = new ProbeServer({ port, host }, (probe) => ({
        ok: this.isWell(probe),
        state: sequence.state,
      }));
    }
    if (file !== undefined) this.#file = new ReadinessFile(file);
    if (options.probes === undefined) return;
    application.onStarted(() => this.#started());
    sequence.addParticipant(SERVICE);
    sequence.observe({
      entered: (state) => {
        if (state !== 'grace' || service.isReady) return;
        this.#file?.remove();
        this.#onChange();
      },
    });
  }

  isWell(probe: Probe): boolean {
    if (probe === 'live') return true;
    return this.#hasStarted && (probe === 'startup' || this.service.isReady);
  }

  /** Calls back when the application is ready, and when it is no longer. */
  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  /** Probes are answered while the application starts. */
  prepare(): void {
    this.#listening = this.#server?.listen();
    this.#listening?.catch(() => {});
  }

  async onModuleInit(): Promise<void> {
    this.#withFile((file) => {
      file.check();
      // Under a primary the file may belong to the worker that this one is about to replace.
      if (thisHost() === undefined) file.removeStale();
    });
    try {
      await this.#listening;
    } catch (cause) {
      throw cannotProbe(`port ${this.options.probes?.port}`, cause);
    }
  }

  /** If the process ends with its application, probes are answered to the end. */
  dispose(): void {
    this.#file?.remove();
    if (!this.sequence.endsProcess) this.#server?.close();
  }

  #started(): void {
    this.#hasStarted = true;
    if (this.service.isReady) this.#withFile((file) => file.write());
    this.#onChange();
  }

  #withFile(act: (file: ReadinessFile) => void): void {
    if (this.#file === undefined) return;
    try {
      act(this.#file);
    } catch (cause) {
      throw cannotProbe(`file ${this.options.probes?.file}`, cause);
    }
  }
}
