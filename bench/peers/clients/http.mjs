import http from 'node:http';
import https from 'node:https';

/** As a client of a service has it: one connection, kept. */
export function keepAliveAgent(tls = false) {
  const options = { keepAlive: true, maxSockets: 1, rejectUnauthorized: false };
  return tls ? new https.Agent(options) : new http.Agent(options);
}

/**
 * One request, never sent again. It ends `ok`, or `wrong` (a status that is not 2xx, or a body that
 * looked complete and was not), or in a `reset`, or `refused`, before it was sent.
 */
export function send({ port, tls }, path, options = {}) {
  const { json, read = readAll, isWhole = (body) => body.length > 0, ...rest } = options;
  const body = json === undefined ? undefined : JSON.stringify(json);
  const client = tls ? https : http;
  return new Promise((resolve) => {
    const failed = ({ code }) => resolve({ end: code === 'ECONNREFUSED' ? 'refused' : 'reset' });
    const request = client.request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        rejectUnauthorized: false,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...rest,
      },
      (response) => {
        read(response)
          .then((received) => {
            const { statusCode, complete, headers } = response;
            if (!complete) return { end: 'reset' };
            const isOk = statusCode >= 200 && statusCode < 300 && isWhole(received);
            return { end: isOk ? 'ok' : 'wrong', connection: headers.connection };
          })
          .then(resolve, failed);
      },
    );
    request.on('error', failed);
    request.end(body);
  });
}

async function readAll(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends at once, each on a connection of its own that its client keeps for a next request. */
export function sendAtOnce(service, path, count, options) {
  const agents = Array.from({ length: count }, () => keepAliveAgent(service.tls));
  return agents.map((agent) => send(service, path, { agent, ...options }));
}

/** Resolves when what was sent before has been read: a request that was sent later is answered. */
export async function arrived(service) {
  await send(service, '/slow', { agent: false });
}
