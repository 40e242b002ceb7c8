import inspector from 'node:inspector';

const INSPECT = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)(?:=|$)/;

/**
 * An inspector port for each worker. All inherit `--inspect` of this process, and with it one port,
 * which only one of them could bind.
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

  /** @returns the Node options for a worker, and a function that releases its port */
  take(): { readonly options: readonly string[]; release(): void } {
    // Port 0 already gives each process another port.
    if (!this.#isOn || this.first === 0) return { options: [], release: () => {} };
    let port = this.first + (this.isListening() ? 1 : 0);
    while (this.#taken.has(port)) port += 1;
    this.#taken.add(port);
    // The last option wins, and leaves the host unchanged.
    return {
      options: [`--inspect-port=${port}`],
      release: () => void this.#taken.delete(port),
    };
  }
}
