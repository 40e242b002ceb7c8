import { once } from 'node:events';
import { connect } from 'node:http2';

/** A session over TLS. */
export async function openSession({ port }) {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  await once(session, 'connect');
  return session;
}

/** One request, never sent again. */
export function sendStream(session, path) {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path });
    let status;
    let length = 0;
    let hasEnded = false;
    stream.on('response', (headers) => (status = headers[':status']));
    stream.on('data', (chunk) => (length += chunk.length));
    stream.on('end', () => (hasEnded = true));
    stream.on('error', () => (hasEnded = false));
    stream.on('aborted', () => (hasEnded = false));
    stream.on('close', () => {
      const isWhole = status !== undefined && hasEnded && stream.rstCode === 0;
      if (!isWhole) resolve({ end: 'reset' });
      else resolve({ end: status < 300 && length > 0 ? 'ok' : 'wrong' });
    });
  });
}
