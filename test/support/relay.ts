import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between an application and a server, for a test to break. */
export class Relay {
  readonly #listener = createServer((socket) => this.#connect(socket));
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly target: number) {}

  static async to(port: number): Promise<Relay> {
    const relay = new Relay(port);
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
    const server = connect(this.target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
