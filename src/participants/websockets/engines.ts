import type { EngineSocket } from './engine-connection.js';

type OnConnection = (socket: EngineSocket) => void;

/** The part of a socket.io `Server` that is used here. */
interface SocketIoServer {
  readonly engine: {
    readonly clients: Readonly<Record<string, EngineSocket>>;
    on(event: 'connection', listener: OnConnection): void;
    off(event: 'connection', listener: OnConnection): void;
  };
  readonly httpServer?: unknown;
  path?(): string;
}

/**
 * The connections of socket.io clients, over any transport.
 *
 * @internal
 */
export class Engines {
  readonly #servers: readonly SocketIoServer[];
  readonly #disposers: (() => void)[] = [];

  /** @param gatewayServers - all that Nest has made, of any library */
  constructor(gatewayServers: readonly unknown[]) {
    this.#servers = gatewayServers.filter(isSocketIo);
  }

  /** Calls back for each connection, including later ones. */
  each(onConnection: OnConnection): void {
    for (const { engine } of this.#servers) {
      for (const socket of Object.values(engine.clients)) onConnection(socket);
      engine.on('connection', onConnection);
      this.#disposers.push(() => engine.off('connection', onConnection));
    }
  }

  /** Whether an upgrade became part of one of these connections. */
  serves(httpServer: unknown, path: string): boolean {
    return this.#servers.some(
      (server) => server.httpServer === httpServer && path.startsWith(server.path?.() ?? '/'),
    );
  }

  dispose(): void {
    for (const dispose of this.#disposers.splice(0)) dispose();
  }
}

function isSocketIo(server: unknown): server is SocketIoServer {
  const { engine } = (server ?? {}) as Partial<SocketIoServer>;
  return typeof engine?.on === 'function' && typeof engine.clients === 'object';
}
