// Serves the page, its events and its buttons; to this machine only.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { isForUs, isFromUs } from './own-origin.mjs';
import { pageFile } from './page-files.mjs';

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export class PageServer {
  #server = createServer((request, response) => this.#answer(request, response));
  #manager;

  /** @param manager - has `actions` by name, `picture(pid)` and `watch(response)` */
  constructor(manager) {
    this.#manager = manager;
  }

  /** @returns the address of the page */
  async listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#port}/`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #port() {
    return this.#server.address()?.port;
  }

  #answer(request, response) {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { pathname } = new URL(request.url, 'http://localhost');
    if (!isForUs(request, this.#port)) end(response, 403);
    else if (request.method === 'POST') this.#act(pathname, request, response);
    else if (request.method !== 'GET') end(response, 405);
    else if (pathname === '/events') this.#manager.watch(response);
    else send(response, this.#picture(pathname) ?? pageFile(pathname));
  }

  #picture(pathname) {
    const [, pid] = /^\/report\/(\d+)\.svg$/.exec(pathname) ?? [];
    const body = pid && this.#manager.picture(Number(pid));
    return body && { type: 'image/svg+xml', body };
  }

  #act(pathname, request, response) {
    const action = this.#manager.actions.get(pathname.replace('/actions/', ''));
    if (!isFromUs(request, this.#port)) end(response, 403);
    else if (action === undefined) end(response, 404);
    else {
      action();
      end(response, 204);
    }
  }
}

function send(response, file) {
  if (file === undefined) end(response, 404);
  else response.writeHead(200, { 'Content-Type': file.type }).end(file.body);
}

function end(response, status) {
  response.writeHead(status).end();
}
