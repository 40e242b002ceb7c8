import type { NestInstance } from '../../nest/application-sighting.js';
import { readable } from '../../nest/built-provider.js';

interface WebSocketAdapter {
  /** Of `WsAdapter`: the HTTP servers of gateways with a path, by port. */
  readonly httpServersRegistry?: ReadonlyMap<number, unknown>;
}

interface WithSocketModule {
  readonly socketModule?: {
    readonly socketsContainer?: { getAll?(): ReadonlyMap<string, { server?: GatewayServer }> };
    readonly applicationConfig?: { getIoAdapter?(): WebSocketAdapter | undefined };
  } | null;
}

/** A `WebSocketServer` of ws, a `Server` of socket.io, or one of its namespaces. */
interface GatewayServer {
  /** socket.io: the server of a namespace. */
  readonly server?: GatewayServer;
  /** socket.io: the HTTP server below it. */
  readonly httpServer?: unknown;
  /** ws: the HTTP server that ws made for itself. */
  readonly _server?: unknown;
}

/**
 * The servers that Nest has made for websocket gateways, each once. Nest keeps them in a private
 * field of the application; without it, no gateway is known.
 *
 * @internal
 */
export function gatewayServers(application: NestInstance | undefined): GatewayServer[] {
  const { socketModule } = (application ?? {}) as WithSocketModule;
  const hosts = [...(socketModule?.socketsContainer?.getAll?.().values() ?? [])];
  const servers = hosts.flatMap(({ server }) => readable(() => server?.server) ?? server ?? []);
  return [...new Set(servers)];
}

/**
 * The HTTP servers below them, possibly including that of the application. A server of a custom
 * adapter may be anything.
 *
 * @internal
 */
export function gatewayHttpServers(application: NestInstance | undefined): unknown[] {
  const { socketModule } = (application ?? {}) as WithSocketModule;
  const adapter = socketModule?.applicationConfig?.getIoAdapter?.();
  const own = gatewayServers(application).map((server) => readable(() => httpServerOf(server)));
  return [...own, ...(readable(() => adapter?.httpServersRegistry?.values()) ?? [])];
}

function httpServerOf({ httpServer, _server }: GatewayServer): unknown {
  return httpServer ?? _server;
}
