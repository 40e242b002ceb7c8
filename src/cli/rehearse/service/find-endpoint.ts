import { setTimeout as sleep } from 'node:timers/promises';

import { notStarted } from '../rehearse.errors.js';
import { type Endpoint, exchange } from './exchange.js';
import { type ListeningSocket, listeningSockets } from './listening-sockets.js';
import type { ServiceProcess } from './service-process.js';

/** @internal */
export interface EndpointChoice {
  /** By default, any port that the service listens on. */
  readonly port?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The path that tells the server of the application from others. */
  readonly path: string;
  readonly readyPath?: string | undefined;
  readonly timeoutMs: number;
}

/** Where a service answers, and the process that listens there. @internal */
export interface FoundEndpoint {
  readonly endpoint: Endpoint;
  /** Undefined if the listening process cannot be seen, such as one of another user. */
  readonly pid?: number | undefined;
}

const LOOK_EVERY_MS = 100;
const PROBE_TIMEOUT_MS = 2000;
const ABORTED = 'ABORT_ERR';
/** Sorts after every status: a server that does not answer may still be the right one. */
const SILENT = 1000;

/**
 * Waits until the service listens and its readiness check, if any, is green.
 *
 * @throws GracefulShutdownError `ERR_REHEARSE_NOT_STARTED`
 * @internal
 */
export async function findEndpoint(
  service: ServiceProcess,
  choice: EndpointChoice,
): Promise<FoundEndpoint> {
  const end = performance.now() + choice.timeoutMs;
  let seen: readonly ListeningSocket[] = [];
  while (performance.now() < end) {
    if (service.exit !== undefined) throw notStarted(whyEnded(service), service.outputTail);
    seen = socketsOf(service, choice.port);
    const found = await firstThatServes(seen, choice);
    if (found !== undefined) return found;
    await sleep(LOOK_EVERY_MS);
  }
  throw notStarted(
    `${whyNot(seen, choice)} within ${choice.timeoutMs / 1000} s`,
    service.outputTail,
  );
}

function socketsOf(service: ServiceProcess, port: number | undefined): ListeningSocket[] {
  const found = listeningSockets(service.processes());
  if (port === undefined) return found;
  const named = found.filter((socket) => socket.port === port);
  return named.length > 0 ? named : [{ pid: 0, port, host: '127.0.0.1' }];
}

/** Prefers a server that answers the path with success: others may serve metrics. */
async function firstThatServes(
  sockets: readonly ListeningSocket[],
  { headers, path, readyPath }: EndpointChoice,
): Promise<FoundEndpoint | undefined> {
  const served: { found: FoundEndpoint; status: number }[] = [];
  for (const { pid, port, host } of sockets) {
    for (const tls of [false, true]) {
      const endpoint = { host, port, tls, headers };
      const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      const answer = await exchange(endpoint, readyPath ?? path, { signal });
      const status = answer.end === 'answered' ? answer.status : SILENT;
      // A TLS server answers plain text with 400, or not at all.
      if (answer.end === 'answered' ? !tls && status === 400 : answer.error !== ABORTED) continue;
      served.push({ found: { endpoint, pid: pid || undefined }, status });
      break;
    }
  }
  const [best] = served.toSorted((a, b) => a.status - b.status);
  const isReady = best !== undefined && (readyPath === undefined || best.status < 400);
  return isReady ? best.found : undefined;
}

function whyNot(sockets: readonly ListeningSocket[], { readyPath }: EndpointChoice): string {
  if (sockets.length === 0) return 'it listened on no TCP port (name one with --port)';
  const ports = sockets.map(({ port }) => port).join(', ');
  const what = readyPath === undefined ? 'did not answer HTTP' : `GET ${readyPath} did not succeed`;
  return `it listens on ${ports}, but ${what}`;
}

function whyEnded({ exit, command }: ServiceProcess): string {
  const { code = null, signal = null } = exit ?? {};
  const end = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`;
  const [program, script = ''] = command.words;
  const isSource = program === process.execPath && /\.[cm]?ts$/.test(script);
  return isSource
    ? `${end} (Node cannot run Nest from TypeScript: build, and name dist/main.js)`
    : end;
}
