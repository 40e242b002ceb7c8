import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';

/** A client of ws, and what it saw. */
export class WebSocketClient {
  /** What came, in order. */
  readonly messages: unknown[] = [];
  /** How it ended, and when. */
  readonly closed: Promise<{ code: number; at: number }>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) => this.messages.push(parse(data)));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code: number) => resolve({ code, at: Date.now() }));
    });
  }

  static async open(port: number, path = '/chat'): Promise<WebSocketClient> {
    const client = new WebSocketClient(new WebSocket(`ws://127.0.0.1:${port}${path}`));
    await once(client.socket, 'open');
    return client;
  }

  send(event: string, data?: unknown): void {
    this.socket.send(JSON.stringify({ event, data }));
  }
}

function parse(data: RawData): unknown {
  const text = (data as Buffer).toString();
  return text.startsWith('{') ? JSON.parse(text) : text;
}

/** The head of a request for a websocket, for a test that writes its own bytes. */
export function upgradeRequest(path: string, protocol = 'websocket'): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: test',
    'Connection: Upgrade',
    `Upgrade: ${protocol}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');
}
