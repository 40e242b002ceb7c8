import type { GraphQlWsConnection } from './graphql-source.js';

/**
 * The websockets of graphql-ws, whose own record of operations is better than a count of resolvers:
 * it has an operation from its message until its answer is sent, and tells those that stream.
 *
 * @internal
 */
export class GraphQlConnections {
  readonly #known = new WeakMap<object, GraphQlWsConnection>();

  add(webSocket: object, connection: GraphQlWsConnection): void {
    this.#known.set(webSocket, connection);
  }

  /** How many operations of a websocket are not answered yet. Those that stream are none of them. */
  unansweredOf(webSocket: object): number {
    const operations = Object.values(this.#known.get(webSocket)?.subscriptions ?? {});
    return operations.filter((operation) => operation === null).length;
  }
}
