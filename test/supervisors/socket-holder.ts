import type { Stream } from 'node:stream';

import { bind, type ListenHandle } from '../../src/sockets/bind.js';
import { fixture } from '../support/compiled.js';
import { LoggedProcess } from '../support/logged-process.js';

/**
 * Holds a socket and passes it on, as systemd does. A socket that has been listened to goes on
 * taking connections for as long as somebody holds it.
 */
export class SocketHolder {
  readonly #handle: ListenHandle;

  constructor(readonly port: number) {
    const handle = bind({ address: '127.0.0.1', port, addressType: 4 });
    if (typeof handle === 'number') throw new Error(`bind: ${handle}`);
    this.#handle = handle;
  }

  /** Takes connections, and never accepts one. */
  listen(): void {
    this.#handle.listen(1);
  }

  start(program: string): LoggedProcess {
    const command = [
      'sh',
      '-c',
      'LISTEN_PID=$$ exec "$0" "$1"',
      process.execPath,
      fixture(program),
    ];
    return new LoggedProcess(command, {
      // `spawn` takes a bare handle, too; its types do not say so.
      stdio: ['ignore', 'pipe', 'pipe', this.#handle as unknown as Stream],
      env: { LISTEN_FDS: '1', FIXTURE_PORT: String(this.port) },
    });
  }

  close(): void {
    this.#handle.close();
  }
}
