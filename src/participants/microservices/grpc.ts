import type { RpcServerLike, RpcTransport } from './rpc-transport.js';

/** Of grpc-js. */
interface GrpcServer {
  tryShutdown(callback: (error?: Error) => void): void;
  forceShutdown(): void;
}

/**
 * gRPC tells its clients to go (GOAWAY), who then go elsewhere, and ends a connection with its last
 * call. Its own count of calls is the one to wait for: it has those, too, that never reach a
 * handler, and the streams that are still being written.
 *
 * @internal
 */
export class GrpcTransport implements RpcTransport {
  #shutdown: Promise<void> | undefined;

  constructor(private readonly server: Pick<RpcServerLike, 'driver'>) {}

  async stop(): Promise<void> {
    const { grpc } = this;
    if (grpc === undefined) return;
    this.#shutdown = new Promise((resolve, reject) => {
      grpc.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
    });
    this.#shutdown.catch(() => {});
  }

  async flush(): Promise<void> {
    await this.#shutdown;
  }

  force(): void {
    this.grpc?.forceShutdown();
  }

  private get grpc(): GrpcServer | undefined {
    return this.server.driver as GrpcServer | undefined;
  }
}
