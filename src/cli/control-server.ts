import type { ReloadResult, RestartStatus } from '../restart/restart-status.js';
import { lstatSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';

import type { RestartLog } from '../restart/primary/restart-log.js';
import { isAbandoned } from '../sockets/probe-socket.js';
import { controlPathTaken } from './command.errors.js';
import { assertShort, controlFolders, makeControlFolder, socketName } from './control-folder.js';
import { removeStaleSockets } from './running-services.js';

/** The part of a service that can be commanded from outside. @internal */
export interface ControlledService {
  reload(options?: { readonly workers?: number | undefined }): Promise<ReloadResult>;
  status(): Promise<RestartStatus>;
}

/** How long a client may take to send its request. */
const REQUEST_TIMEOUT_MS = 5000;
const LARGEST_HEADERS = 4096;
const MOST_CONNECTIONS = 64;
/** How long pending responses may take when the service ends. */
const LAST_ANSWERS_MS = 500;

type Answer = readonly [status: number, body: unknown];

/**
 * Serves status and reload to the user of a service, as HTTP over a Unix socket. It cannot stop the
 * service, and the service never waits for it.
 *
 * @internal
 */
export class ControlServer {
  readonly #server: Server;

  private constructor(private readonly service: ControlledService) {
    const limits = {
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: LARGEST_HEADERS,
    };
    this.#server = createServer(limits, (request, response) => void this.#serve(request, response));
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on('connection', (socket) => socket.unref());
  }

  /**
   * @param path - the socket's path; by default in the first usable folder of this user
   * @returns undefined if the socket cannot be created, which is only logged
   */
  static async start(
    service: ControlledService,
    log: Pick<RestartLog, 'warn'>,
    path?: string,
  ): Promise<ControlServer | undefined> {
    const paths = path === undefined ? defaultPaths() : [path];
    const problems: string[] = [];
    for (const candidate of paths) {
      const control = new ControlServer(service);
      try {
        if (path === undefined) await prepareFolder(dirname(candidate));
        await control.#listen(candidate);
        return control;
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    log.warn(
      `nestjs-drain reload and status cannot reach this service (${problems.join('; ')}). ` +
        'Signals still work. Set another path for the control socket with --control',
    );
    return undefined;
  }

  get path(): string {
    return this.#server.address() as string;
  }

  /** Removes the socket. Pending responses get a moment to finish. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), LAST_ANSWERS_MS);
      this.#server.close(() => {
        clearTimeout(cut);
        resolve();
      });
    });
  }

  async #listen(path: string): Promise<void> {
    assertShort(path);
    try {
      await listenPrivately(this.#server, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (!lstatSync(path).isSocket() || !(await isAbandoned(path))) throw controlPathTaken(path);
      rmSync(path, { force: true });
      await listenPrivately(this.#server, path);
    }
    this.#server.on('error', () => {}); // Such as EMFILE: that connection is not served.
    this.#server.unref();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, body] = await this.#answer(request).catch((error: unknown): Answer => [
      500,
      { error: (error as Error | undefined)?.message },
    ]);
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(`${JSON.stringify(body)}\n`);
  }

  async #answer({ method, url }: IncomingMessage): Promise<Answer> {
    const [path, query] = (url ?? '').split('?', 2);
    switch (`${method} ${path}`) {
      case 'GET /status':
        return [200, await this.service.status()];
      case 'POST /reload':
        return this.#reload(new URLSearchParams(query));
      default:
        return [
          404,
          { error: 'unknown request, expected GET /status or POST /reload[?wait][&workers=N]' },
        ];
    }
  }

  async #reload(wishes: URLSearchParams): Promise<Answer> {
    const workers = wishes.has('workers') ? Number(wishes.get('workers')) : undefined;
    const reload = this.service.reload({ workers });
    if (wishes.has('wait')) return [200, await reload];
    // The log and the status have the result.
    reload.catch(() => {});
    return [202, { accepted: true }];
  }
}

function defaultPaths(): string[] {
  return controlFolders().map((folder) => join(folder, socketName(process.pid)));
}

async function prepareFolder(folder: string): Promise<void> {
  makeControlFolder(folder);
  await removeStaleSockets(folder);
}

/** The umask applies while `listen()` creates the socket, so it is private from the start. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}
