// What opens a connection of each protocol, byte by byte: thousands of clients would otherwise need more
// memory than what is measured.

/** Frames of HTTP/2: RFC 9113, sections 3.4, 4.1 and 6. */
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const frames = { HEADERS: 1, SETTINGS: 4 };
const flags = { END_STREAM: 1, ACK: 1, END_HEADERS: 4 };
/** Names in the static table of HPACK: RFC 7541, appendix A. */
const GET = 0x82;
const SCHEME_HTTP = 0x86;
const AUTHORITY = 0x01;
const PATH = 0x04;

export function http1Get(path) {
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`;
}

export function http2Preface() {
  return Buffer.concat([
    Buffer.from(PREFACE),
    frame(frames.SETTINGS, 0, 0, Buffer.alloc(0)),
    frame(frames.SETTINGS, flags.ACK, 0, Buffer.alloc(0)),
  ]);
}

/** @param stream - odd, and higher than that of the request before */
export function http2Get(path, stream) {
  const headers = [GET, SCHEME_HTTP, ...literal(AUTHORITY, 'bench'), ...literal(PATH, path)];
  return frame(frames.HEADERS, flags.END_STREAM | flags.END_HEADERS, stream, Buffer.from(headers));
}

export function websocketUpgrade() {
  return [
    'GET / HTTP/1.1',
    'Host: bench',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '\r\n',
  ].join('\r\n');
}

function frame(type, flag, stream, payload) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flag, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Without indexing; shorter than 127 characters. */
function literal(name, value) {
  return [name, value.length, ...Buffer.from(value)];
}
