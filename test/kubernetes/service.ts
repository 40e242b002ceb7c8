import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import type { Pod } from './pod.js';

/** What a node of the cluster knows, which is what was true a while ago. */
interface Node {
  readonly lagMs: number;
  endpoints: readonly Pod[];
}

/**
 * Relays each new connection to a pod, as kube-proxy does: any that the client's node believes in.
 * A connection stays with its pod for as long as it lasts.
 */
export class Service {
  /** Connections that ended in an error before anything came back: refused, or never accepted. */
  unanswered = 0;
  readonly #pods = new Set<Pod>();
  readonly #nodes: readonly Node[];
  readonly #sockets = new Set<Socket>();
  readonly #listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
    this.#relay(client),
  );

  private constructor(lagsMs: readonly number[]) {
    this.#nodes = lagsMs.map((lagMs) => ({ lagMs, endpoints: [] }));
  }

  /** @param lagsMs - of each node: how long it takes to hear of a change */
  static async start(lagsMs: readonly number[]): Promise<Service> {
    const service = new Service(lagsMs);
    service.#listener.listen(0, '127.0.0.1');
    await once(service.#listener, 'listening');
    return service;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** After how long every node has heard of what is true now. */
  get longestLagMs(): number {
    return Math.max(...this.#nodes.map(({ lagMs }) => lagMs));
  }

  add(pod: Pod): void {
    this.#pods.add(pod);
    pod.on('changed', () => this.#publish());
  }

  stop(): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Timers of the same time fire in order, so no node hears of changes in another one. */
  #publish(): void {
    const endpoints = endpointsOf([...this.#pods]);
    for (const node of this.#nodes) {
      setTimeout(() => (node.endpoints = endpoints), node.lagMs);
    }
  }

  #relay(client: Socket): void {
    const { endpoints } = anyOf(this.#nodes)!;
    const pod = anyOf(endpoints);
    if (pod === undefined) {
      this.unanswered += 1;
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({
      port: pod.port,
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    });
    server.once('error', () => {
      if (server.bytesRead === 0) this.unanswered += 1;
    });
    this.#join(client, server);
    this.#join(server, client);
  }

  /** An end is handed on as an end, a reset as a reset. */
  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.once('error', () => to.resetAndDestroy());
    from.once('close', () => this.#sockets.delete(from));
    from.pipe(to);
  }
}

/** Where all are about to end, those that are still ready have to do (KEP-1669). */
function endpointsOf(pods: readonly Pod[]): Pod[] {
  const serving = pods.filter(({ isReady }) => isReady);
  const staying = serving.filter(({ isTerminating }) => !isTerminating);
  return staying.length > 0 ? staying : serving;
}

function anyOf<T>(list: readonly T[]): T | undefined {
  return list.length === 0 ? undefined : list[randomInt(list.length)];
}
