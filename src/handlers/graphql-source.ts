/** The part of a request of Node or Fastify that is used here. */
interface Request {
  readonly headers?: { readonly upgrade?: string };
  readonly socket?: object;
  /** Fastify: the request of Node. */
  readonly raw?: object;
}

/** The record that graphql-ws keeps of a connection. @internal */
export interface GraphQlWsConnection {
  readonly extra?: { readonly request?: Request };
  /** Operations: null until it is answered, or its stream. */
  readonly subscriptions?: Readonly<Record<string, unknown>>;
}

/** A resolver's context, with what Nest's drivers and many applications put there. */
interface ResolverContext extends GraphQlWsConnection {
  readonly req?: Request & GraphQlWsConnection;
  /** Mercurius: the request of the upgrade. */
  readonly request?: Request;
}

/** The connection that a GraphQL operation came by. @internal */
export interface GraphQlSource {
  /** The connection, if it is a websocket. */
  readonly webSocket?: object | undefined;
  readonly graphQlWs?: GraphQlWsConnection | undefined;
  /** Otherwise the request of Node. */
  readonly request?: object | undefined;
}

/**
 * @param context - the third argument of a resolver
 * @internal
 */
export function graphQlSource(context: unknown): GraphQlSource {
  const resolver = (context ?? {}) as ResolverContext;
  const { extra, req, request } = resolver;
  const upgrade = [extra?.request, req?.extra?.request, req, request].find(isUpgrade);
  if (upgrade === undefined) return { request: objectOf(req?.raw ?? req) };
  const graphQlWs = [resolver, req].find((one) => one?.subscriptions !== undefined);
  return { webSocket: objectOf(upgrade.socket), graphQlWs };
}

function isUpgrade(request: Request | undefined): request is Request {
  return String(request?.headers?.upgrade).toLowerCase() === 'websocket';
}

/** The context is the application's own: it may hold anything. */
function objectOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
