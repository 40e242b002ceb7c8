// Clients that cost little themselves: each keeps its connection, and sends one request after the other.
import { once } from 'node:events';
import http2 from 'node:http2';
import { connect } from 'node:net';

const STATUS = 'HTTP/1.1 200';

const opened = { http1: openHttp1, http2: openHttp2 };

/**
 * Opens the connections.
 *
 * @returns `send(count)`, which resolves when so many requests, spread evenly, are answered
 */
export async function openRequests(protocol, port, connections, path = '/hello') {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => opened[protocol](port, path)),
  );
  return {
    send: (count) =>
      Promise.all(clients.map(({ sendInTurn }) => sendInTurn(Math.ceil(count / connections)))),
    close: () => clients.forEach(({ close }) => close()),
  };
}

/** The responses are all as long as the first: they differ in their date only. */
async function openHttp1(port, path) {
  const request = `GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`;
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  socket.write(request);
  const [{ length }] = await once(socket, 'data');
  let [left, received] = [0, 0];
  let settle;
  socket.on('error', (error) => settle?.reject(error));
  socket.on('close', () => settle?.reject(new Error('the connection was closed')));
  socket.on('data', (chunk) => {
    if (received === 0 && chunk.latin1Slice(0, STATUS.length) !== STATUS) {
      settle.reject(new Error(`not answered: ${chunk.latin1Slice(0, 200)}`));
    }
    received += chunk.length;
    if (received < length) return;
    received = 0;
    left -= 1;
    if (left > 0) socket.write(request);
    else settle.resolve();
  });
  const sendInTurn = (count) =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      left = count;
      socket.write(request);
    });
  return { sendInTurn, close: () => socket.destroy() };
}

async function openHttp2(port, path) {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  await once(session, 'connect');
  const sendOne = () =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':path': path });
      stream.on('response', ({ ':status': status }) => {
        if (status !== 200) reject(new Error(`status ${status}`));
      });
      stream.on('end', resolve).on('error', reject).resume();
    });
  const sendInTurn = async (count) => {
    for (let sent = 0; sent < count; sent++) await sendOne();
  };
  await sendOne();
  return { sendInTurn, close: () => session.destroy() };
}
