import type { ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Target } from '../target.js';
import { type Client, send } from './client.js';

const PAUSE_MS = 100;

/** Sends a body in two parts, so that an upload is in flight at any time. @internal */
export function upload(target: Target & { readonly body: Buffer; readonly type: string }): Client {
  const { body, type } = target;
  const headers = { 'content-type': type, 'content-length': String(body.length) };
  const write = (request: ClientRequest) => {
    request.write(body.subarray(0, body.length >> 1));
    setTimeout(() => request.end(body.subarray(body.length >> 1)), PAUSE_MS);
  };
  return async (surroundings) => {
    while (surroundings.balancer.isIn) {
      await send(surroundings, 'upload', target, { method: 'POST', headers, write });
      await sleep(surroundings.restMs);
    }
  };
}
