import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { defer, finalize, type Observable } from 'rxjs';

import { nameRequest } from '../routes/handler-name.js';
import { Parts } from '../wiring/parts.js';
import { token } from '../wiring/token.js';
import { GraphQlConnections } from './graphql-connections.js';
import { graphQlSource } from './graphql-source.js';
import { WorkTracker } from './work-tracker.js';

/** Whether the servers of microservices are known, which then count their messages. @internal */
export const RPC_SERVERS_ARE_KNOWN = token<boolean>('nestjs-drain:rpc-servers-are-known');

/**
 * The calls that are counted already, in case an application binds the interceptor a second time.
 */
const counted = new WeakSet<ExecutionContext>();

/**
 * The interceptor that counts and names GraphQL operations that come by websocket, and messages of
 * microservices where Nest (before 11.1.4) does not say which servers there are. The module
 * registers it for the whole application.
 *
 * HTTP requests need no interceptor, and one would miscount them: it sees neither guards nor
 * uploads nor a stream that is still being written. It gives GraphQL queries among them their name.
 *
 * @publicApi
 */
@Injectable()
export class GracefulShutdownInterceptor implements NestInterceptor {
  readonly #tracker: WorkTracker;
  readonly #graphQl: GraphQlConnections;
  readonly #serversAreKnown: boolean;

  /** @internal */
  constructor(@Inject(Parts) made: Pick<Parts, 'get'>) {
    this.#tracker = made.get(WorkTracker);
    this.#graphQl = made.get(GraphQlConnections);
    this.#serversAreKnown = made.get(RPC_SERVERS_ARE_KNOWN);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const type = context.getType<string>();
    if (type === 'graphql') return this.#interceptResolver(context, next);
    if (type !== 'rpc' || this.#serversAreKnown) return next.handle();
    return this.#count(context, next, `rpc ${nameOf(context)}`);
  }

  #interceptResolver(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { webSocket, graphQlWs, request } = graphQlSource(context.getArgByIndex(2));
    if (webSocket === undefined) {
      if (request !== undefined) nameRequest(request, nameOf(context));
      return next.handle();
    }
    if (graphQlWs !== undefined) this.#graphQl.add(webSocket, graphQlWs);
    // A subscription is one until its stream begins.
    return this.#count(context, next, `graphql ${nameOf(context)}`, webSocket);
  }

  #count(
    context: ExecutionContext,
    next: CallHandler,
    label: string,
    connection?: object,
  ): Observable<unknown> {
    if (counted.has(context)) return next.handle();
    counted.add(context);
    return defer(() => next.handle().pipe(finalize(this.#tracker.begin(label, connection))));
  }
}

function nameOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}
