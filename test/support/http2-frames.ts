import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** RFC 9113, section 6. */
const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8 } as const;
const END_STREAM = 1;
const END_HEADERS = 4;
const ACK = 1;
const HEAD_BYTES = 9;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export interface Goaway {
  readonly lastStreamId: number;
  readonly at: number;
}

/** A client of HTTP/2 that writes its frames itself, and looks at those that come. */
export class Http2Frames {
  readonly goaways: Goaway[] = [];
  /** Streams whose response came to its end. */
  readonly answered = new Set<number>();
  /** Streams that were reset, with the error code. */
  readonly reset = new Map<number, number>();
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #lastStreamId = -1;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.write(PREFACE);
    this.#write(TYPE.settings, 0, 0);
  }

  static async open(port: number): Promise<Http2Frames> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Http2Frames(socket);
  }

  /** Posts a body of JSON. @returns the id of its stream */
  post(path: string, json: string): number {
    this.#lastStreamId += 2;
    const block = Buffer.concat([
      // `:method: POST` and `:scheme: http`, which HPACK knows by number.
      Buffer.from([0x83, 0x86]),
      literal([0x04], path),
      literal([0x01], 'test'),
      literal([0x0f, 0x10], 'application/json'),
      literal([0x0f, 0x0d], String(json.length)),
    ]);
    this.#write(TYPE.headers, END_HEADERS, this.#lastStreamId, block);
    this.#write(TYPE.data, END_STREAM, this.#lastStreamId, Buffer.from(json));
    return this.#lastStreamId;
  }

  end(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      if (this.#received.length < HEAD_BYTES) return;
      const length = HEAD_BYTES + this.#received.readUIntBE(0, 3);
      if (this.#received.length < length) return;
      this.#frame(this.#received.subarray(0, length));
      this.#received = this.#received.subarray(length);
    }
  }

  #frame(frame: Buffer): void {
    const [type, flags] = [frame[3]!, frame[4]!];
    const streamId = frame.readUInt32BE(5);
    const payload = frame.subarray(HEAD_BYTES);
    if (type === TYPE.goaway) {
      this.goaways.push({ lastStreamId: payload.readUInt32BE(0), at: performance.now() });
    } else if (type === TYPE.reset) {
      this.reset.set(streamId, payload.readUInt32BE(0));
    } else if (type === TYPE.settings || type === TYPE.ping) {
      if ((flags & ACK) === 0) this.#write(type, ACK, 0, type === TYPE.ping ? payload : undefined);
    } else if ((type === TYPE.data || type === TYPE.headers) && (flags & END_STREAM) !== 0) {
      this.answered.add(streamId);
    }
  }

  #write(type: number, flags: number, streamId: number, payload: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(streamId, 5);
    if (this.socket.writable) this.socket.write(Buffer.concat([head, payload]));
  }
}

/** A header whose name HPACK knows by number, and whose value it does not compress. */
function literal(name: readonly number[], value: string): Buffer {
  return Buffer.from([...name, value.length, ...Buffer.from(value)]);
}
