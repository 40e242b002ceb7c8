// The other end of `app/manager-link.mjs`: a Unix socket in a folder that only this user may enter.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eachLine } from './lines.mjs';

export class WorkerLink {
  #folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-live-'));
  #sockets = new Set();
  #server;
  path = join(this.#folder, 'manager.sock');

  /** @param tell - called with each event, and with `gone` when a worker has ended */
  constructor(tell) {
    this.#server = createServer((socket) => this.#accept(socket, tell));
  }

  listen() {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.path, resolve);
    });
  }

  close() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(socket, tell) {
    let pid;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (pid !== undefined) tell({ type: 'gone', pid, at: Date.now() });
    });
    eachLine(socket, (line) => {
      const event = parse(line);
      if (event === undefined) return;
      pid = event.pid;
      tell(event);
    });
  }
}

/** @returns undefined for half a line: its worker was killed while it wrote */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
