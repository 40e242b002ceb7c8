import inspector from 'node:inspector';

const INSPECT = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)(?:=|$)/;

/**
 * A debugger's port for each worker. All of them inherit the option `--inspect` of this process, and
 * with it one port, which only one of them could have.
 *
 * @internal
 */
export class InspectorPorts {
  readonly #isOn: boolean;
  readonly #taken = new Set<number>();

  constructor(
    execArgv: readonly string[] = process.execArgv,
    nodeOptions = process.env['NODE_OPTIONS'] ?? '',
    private readonly first = process.debugPort,
    private readonly isListening = () => inspector.url() !== undefined,
  ) {
    this.#isOn = [...execArgv, ...nodeOptions.split(/\s+/)].some((option) => INSPECT.test(option));
  }

  /** @returns the options of Node for a worker, and what gives its port back */
  take(): { readonly options: readonly string[]; release(): void } {
    // A port 0 is another one for each process already.
    if (!this.#isOn || this.first === 0) return { options: [], release: () => {} };
    let port = this.first + (this.isListening() ? 1 : 0);
    while (this.#taken.has(port)) port += 1;
    this.#taken.add(port);
    // The last one wins, and leaves the host as it was given.
    return {
      options: [`--inspect-port=${port}`],
      release: () => void this.#taken.delete(port),
    };
  }
}
