import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network between an application and a server, for a test to break. */
export class Relay {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly target: number,
    private readonly delayMs: number,
  ) {
    const options = { allowHalfOpen: delayMs > 0 };
    this.#listener = createServer(options, (socket) => this.#connect(socket));
  }

  /** @param delayMs - how long everything takes, each way */
  static async to(port: number, delayMs = 0): Promise<Relay> {
    const relay = new Relay(port, delayMs);
    relay.#listener.listen(0, '127.0.0.1');
    await once(relay.#listener, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** As when the server is killed: connections end, new ones are refused. */
  cut(): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As when a cable is pulled: nothing arrives any more, and nobody is told. */
  mute(): void {
    for (const socket of this.#sockets) socket.unpipe();
  }

  #connect(client: Socket): void {
    const allowHalfOpen = this.delayMs > 0;
    const server = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.once('close', () => {
        this.#sockets.delete(from);
        if (this.delayMs === 0) to.destroy();
        else setTimeout(() => to.destroy(), this.delayMs);
      });
      if (this.delayMs === 0) from.pipe(to);
      else this.#passLater(from, to);
    }
  }

  /** Timers of the same length run in the order in which they were set. */
  #passLater(from: Socket, to: Socket): void {
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), this.delayMs));
    from.once('end', () => setTimeout(() => to.end(), this.delayMs));
  }
}
