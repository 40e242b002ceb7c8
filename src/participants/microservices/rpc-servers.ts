import type { ModulesContainer } from '@nestjs/core';
import { isObservable, type Observable } from 'rxjs';

import { MessageHandlerNames } from './message-handler-names.js';
import { RpcServer } from './rpc-server.js';

/**
 * Follows every message that a server handles, and every reply that it sends.
 *
 * @internal
 */
export interface RpcObserver {
  /** @param context - the context that the handler gets */
  begin(label: string, context: unknown): RpcCallEnd;
  /** @returns a function that stops it */
  beginReply(): () => void;
}

/** What ends a message. @internal */
export interface RpcCallEnd {
  end(): void;
  /** Its handler threw. */
  fail(): void;
  /** Its handler returned a stream: its end is the message's. @returns the stream, followed */
  endWith<T>(stream: Observable<T>): Observable<T>;
}

type Handler = ((...args: unknown[]) => unknown) & { next?: unknown };
type Respond = (packet: unknown) => unknown;

interface WithRegistry {
  getRpcTargetRegistry?(): Observable<object>;
}

/**
 * The servers of an application's microservices, each found when Nest makes it, before it listens.
 *
 * Messages are followed by their handlers, not by `setOnProcessingStartHook`: there is room for
 * only one such hook (a tracer's), and in Nest 11 the end hook comes with the first of several
 * replies, and not at all when a Kafka handler rejects.
 *
 * @internal
 */
export class RpcServers {
  readonly #names: MessageHandlerNames;
  readonly #servers = new Set<RpcServer>();
  #stop: (() => void) | undefined;

  constructor(private readonly modules: ModulesContainer) {
    this.#names = new MessageHandlerNames(modules);
  }

  /** Whether servers can be found, which Nest allows from 11.1.4 on. */
  get areKnown(): boolean {
    return typeof (this.modules as WithRegistry).getRpcTargetRegistry === 'function';
  }

  /** Asks `observerOf` once for each server. */
  each(observerOf: (server: RpcServer) => RpcObserver): void {
    const seen = new WeakSet<object>();
    const subscription = (this.modules as WithRegistry)
      .getRpcTargetRegistry?.()
      .subscribe((instance) => {
        if (seen.has(instance)) return;
        seen.add(instance);
        const server = new RpcServer(instance);
        this.#servers.add(server);
        this.#follow(server, observerOf(server));
      });
    this.#stop = () => subscription?.unsubscribe();
  }

  release(): void {
    this.#stop?.();
    for (const server of this.#servers) server.restore();
    this.#servers.clear();
  }

  #follow(server: RpcServer, observer: RpcObserver): void {
    const registered = new Map<unknown, number>();
    server.replace('addHandler', (add) => (pattern: unknown, handler: Handler, ...rest) => {
      const nth = registered.get(pattern) ?? 0;
      registered.set(pattern, nth + 1);
      const name = this.#names.of(pattern, server.transportId)[nth];
      const label = name === undefined ? `${server.transport} ${text(pattern)}` : `rpc ${name}`;
      return add(pattern, followed(handler, label, observer), ...rest) as unknown;
    });
    server.replace('send', (send) => (replies: unknown, respond: Respond) => {
      const followedRespond: Respond = async (packet) => {
        const end = observer.beginReply();
        try {
          return await respond(packet);
        } catch (error) {
          // Nest 11 does not handle it, and it would end the process.
          server.report(error);
          return undefined;
        } finally {
          end();
        }
      };
      return send(replies, followedRespond) as unknown;
    });
  }
}

/** Wraps the handler, to report its begin and its last reply. */
function followed(handler: Handler, label: string, observer: RpcObserver): Handler {
  const following: Handler = async (...args) => {
    const context = args.at(-1);
    const call = observer.begin(label, context);
    try {
      const result = await handler(...args);
      // Nest does not subscribe if the gRPC client has gone.
      if (isObservable(result) && !isCancelled(context)) return call.endWith(result);
      call.end();
      return result;
    } catch (error) {
      call.fail();
      throw error;
    }
  };
  // Several handlers of one event form a linked list: the server links it, the handler follows it.
  Object.defineProperty(following, 'next', {
    get: () => handler.next,
    set: (next) => {
      handler.next = next;
    },
    enumerable: true,
  });
  return following;
}

function isCancelled(context: unknown): boolean {
  return (context as { cancelled?: unknown } | undefined)?.cancelled === true;
}

function text(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern;
  return pattern instanceof RegExp ? pattern.source : JSON.stringify(pattern);
}
