import type { GraphQlWsConnection } from './graphql-source.js';

/**
 * The websockets of graphql-ws, whose own record of operations is better than a count of resolvers:
 * it holds an operation from its message until its answer is sent, and marks those that stream.
 *
 * @internal
 */
export class GraphQlConnections {
  readonly #known = new WeakMap<object, GraphQlWsConnection>();

  add(webSocket: object, connection: GraphQlWsConnection): void {
    this.#known.set(webSocket, connection);
  }

  /** The number of unanswered operations of a websocket, without those that stream. */
  unansweredOf(webSocket: object): number {
    const operations = Object.values(this.#known.get(webSocket)?.subscriptions ?? {});
    return operations.filter((operation) => operation === null).length;
  }
}
