import { once } from 'node:events';
import { connect } from 'node:net';

/** A connection whose bytes are written by hand. */
export class RawConnection {
  received = '';
  /** Whether the server has said that it sends nothing any more, or is gone. */
  isOver = false;
  #socket;
  #wake = () => {};

  constructor(socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.received += text;
      this.#wake();
    });
    socket.on('error', () => {});
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.isOver = true;
        this.#wake();
      });
    }
  }

  static async open(port) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  write(text) {
    this.#socket.write(text);
  }

  end() {
    this.#socket.destroy();
  }

  /** Resolves when so many responses came whole, or nothing comes any more. */
  async responses(count) {
    while (!this.isOver && parse(this.received).length < count) {
      await new Promise((resolve) => (this.#wake = resolve));
    }
    return parse(this.received);
  }
}

/** The statuses of the responses that came whole; each has a Content-Length. */
function parse(text) {
  const statuses = [];
  for (let rest = text; ;) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (end < 4 || !(rest.length >= end + length)) return statuses;
    statuses.push(Number(head.split(' ')[1]));
    rest = rest.slice(end + length);
  }
}

/** How the requests of a connection ended, of which there were so many. */
export function endsOf(statuses, count) {
  return Array.from({ length: count }, (_, i) => {
    if (statuses[i] === undefined) return { end: 'reset' };
    return { end: statuses[i] < 300 ? 'ok' : 'wrong' };
  });
}
