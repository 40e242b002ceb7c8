import type { Target } from '../target.js';
import { type Client, send } from './client.js';

/** Sends one request to a route that did not answer before: a long poll, or a hang. @internal */
export function unanswered(target: Target): Client {
  return async (surroundings) => {
    await send(surroundings, 'unanswered', target, {});
  };
}
