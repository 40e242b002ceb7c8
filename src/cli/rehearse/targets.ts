import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';

import { webSocketProblem } from './clients/web-socket.js';
import { onlyErrors } from './rehearse.errors.js';
import {
  type Endpoint,
  type Exchange,
  exchange,
  type ExchangeOptions,
} from './service/exchange.js';
import type { Target, Targets, UploadTarget } from './target.js';

/** The targets that the user named. @internal */
export interface TargetChoice {
  readonly paths: readonly string[];
  /** Whether the paths were found in the application; those that answer with errors are skipped. */
  readonly areFound?: boolean;
  readonly posts: readonly { readonly path: string; readonly file: string }[];
  readonly webSockets: readonly string[];
  readonly eventStreams: readonly string[];
}

const ANSWER_WITHIN_MS = 3000;
const STREAM_WITHIN_MS = 1000;

/**
 * Requests every target once, before the load begins.
 *
 * @throws GracefulShutdownError `ERR_REHEARSE_ONLY_ERRORS` with each target that failed
 * @internal
 */
export async function findTargets(endpoint: Endpoint, choice: TargetChoice): Promise<Targets> {
  const problems: string[] = [];
  const gets: Target[] = [];
  const leftOut: string[] = [];
  const unanswered: Target[] = [];
  // A GET whose response has begun but does not end counts as an event stream.
  const eventStreams: Target[] = choice.eventStreams.map((path) => ({ path }));
  for (const path of choice.paths) {
    const answer = await ask(endpoint, path);
    if (answer.end === 'answered' && answer.status >= 400 && choice.areFound) leftOut.push(path);
    else if (answer.end === 'answered') add(gets, { path, status: answer.status }, 'GET', problems);
    else if (answer.error !== 'ABORT_ERR') problems.push(`GET ${path}: ${answer.error}`);
    else if (answer.end === 'cut') eventStreams.push({ path });
    else unanswered.push({ path });
  }
  const uploads: UploadTarget[] = [];
  for (const { path, file } of choice.posts) {
    const body = readFileSync(file);
    const type = extname(file) === '.json' ? 'application/json' : 'application/octet-stream';
    const headers = { 'content-type': type, 'content-length': String(body.length) };
    const write: ExchangeOptions['write'] = (request) => request.end(body);
    const answer = await ask(endpoint, path, { method: 'POST', headers, write });
    if (answer.end !== 'answered') problems.push(`POST ${path}: ${answer.error}`);
    else add(uploads, { path, status: answer.status, body, type }, 'POST', problems);
  }
  for (const path of choice.webSockets) {
    const problem = await webSocketProblem(endpoint, path);
    if (problem !== undefined) problems.push(`websocket ${path}: ${problem}`);
  }
  for (const path of choice.eventStreams) problems.push(...(await streamProblems(endpoint, path)));
  if (leftOut.length > 0 && gets.length + unanswered.length + eventStreams.length === 0) {
    problems.push(
      `GET ${leftOut.join(', ')}: all of them answer with errors; name another route with --path`,
    );
  }
  if (problems.length > 0) throw onlyErrors(problems);
  return {
    gets,
    unanswered,
    uploads,
    webSockets: choice.webSockets.map((path) => ({ path })),
    eventStreams,
  };
}

function ask(endpoint: Endpoint, path: string, options?: ExchangeOptions): Promise<Exchange> {
  return exchange(endpoint, path, { ...options, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
}

function add<T extends Target>(found: T[], target: T, method: string, problems: string[]): void {
  const { path, status = 0 } = target;
  if (status < 400) found.push(target);
  else problems.push(`${method} ${path} answers ${status}${remedyFor(status)}`);
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403) return `: pass a token with --header 'Authorization: ...'`;
  if (status === 404) return ': name an existing route with --path';
  if (status === 429) return ': its rate limit is reached before the load begins';
  return status >= 500 ? ': see the log of the service' : '';
}

/** The response must begin, but need not end. */
async function streamProblems(endpoint: Endpoint, path: string): Promise<string[]> {
  const signal = AbortSignal.timeout(STREAM_WITHIN_MS);
  const headers = { accept: 'text/event-stream' };
  const answer = await exchange(endpoint, path, { headers, signal, read: toTheEnd });
  if (answer.end === 'cut') return [];
  if (answer.end !== 'answered') return [`event stream ${path}: ${answer.error}`];
  const { status } = answer;
  return status < 400 ? [] : [`event stream ${path} answers ${status}${remedyFor(status)}`];
}

async function toTheEnd(response: Readable): Promise<Buffer> {
  response.resume();
  for await (const _ of response);
  return Buffer.alloc(0);
}
