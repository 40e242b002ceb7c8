import { request } from 'node:http';

import type { ReloadResult, RestartStatus } from '../restart/restart-status.js';
import { noAnswer, notRunning, refused, serviceGone } from './command.errors.js';

const ANSWER_TIMEOUT_MS = 10_000;

/** The client of a service's control socket. @internal */
export class ControlClient {
  constructor(private readonly path: string) {}

  async status(): Promise<RestartStatus> {
    return (await this.#ask('GET', '/status', ANSWER_TIMEOUT_MS)) as RestartStatus;
  }

  /** Resolves once the reload is accepted. */
  async reload(workers?: number): Promise<void> {
    await this.#ask('POST', reloadPath({ workers }), ANSWER_TIMEOUT_MS);
  }

  /** Has no timeout, because the service bounds each step of a reload. */
  async reloadAndWait(workers?: number): Promise<ReloadResult> {
    return (await this.#ask('POST', reloadPath({ workers, wait: '' }), 0)) as ReloadResult;
  }

  #ask(method: string, path: string, timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isConnected = false;
      const asked = request({ socketPath: this.path, method, path, timeout, agent: false });
      const fail = (error: Error) =>
        reject(isConnected ? serviceGone(error) : nobodyThere(this.path, error));
      asked.once('socket', (socket) => socket.once('connect', () => (isConnected = true)));
      asked.once('timeout', () => {
        reject(noAnswer(timeout));
        asked.destroy();
      });
      asked.on('error', fail);
      asked.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', fail);
        response.once('end', () => {
          const status = response.statusCode!;
          const body = parse(text);
          if (status < 300 && body !== undefined) resolve(body);
          else reject(refused(status, body));
        });
      });
      asked.end();
    });
  }
}

function reloadPath(wishes: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(wishes).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `/reload?${new URLSearchParams(given).toString()}`;
}

function nobodyThere(path: string, error: Error): Error {
  return notRunning(`no service listens on ${path} (${error.message})`, error);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
