import type { Balancer } from '../balancer.js';
import {
  type Endpoint,
  type Exchange,
  exchange,
  type ExchangeOptions,
} from '../service/exchange.js';
import type { Loss, Tally } from '../tally.js';
import type { Target } from '../target.js';

/** What every client needs. @internal */
export interface Surroundings {
  readonly endpoint: Endpoint;
  readonly balancer: Balancer;
  readonly tally: Tally;
  /** The pause between two requests of one client. */
  readonly restMs: number;
}

/** Runs until the balancer sends no more and its own requests have ended. @internal */
export type Client = (surroundings: Surroundings) => Promise<void>;

/** Sends a request and counts its outcome. @internal */
export async function send(
  { endpoint, balancer, tally }: Surroundings,
  kind: string,
  target: Target,
  options: ExchangeOptions,
): Promise<Exchange> {
  const { method = 'GET' } = options;
  const end = tally.begin(kind, `${method} ${target.path}`);
  const answer = await exchange(endpoint, target.path, options);
  if (answer.end === 'refused') balancer.refused();
  end(lossOf(answer, target), answer.end === 'answered' ? String(answer.status) : answer.error);
  return answer;
}

function lossOf(answer: Exchange, { status }: Target): Loss | undefined {
  if (answer.end !== 'answered') return answer.end;
  if (answer.status >= 500) return 'error';
  const isOther = status !== undefined && answer.status !== status && answer.status !== 304;
  return isOther || answer.isBroken ? 'wrong' : undefined;
}
