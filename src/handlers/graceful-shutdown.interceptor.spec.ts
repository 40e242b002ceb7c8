import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { lastValueFrom, Subject } from 'rxjs';
import { expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import type { Injectable } from '../wiring/token.js';
import {
  GracefulShutdownInterceptor,
  RPC_SERVERS_ARE_KNOWN,
} from './graceful-shutdown.interceptor.js';
import { GraphQlConnections } from './graphql-connections.js';
import { WorkTracker } from './work-tracker.js';

class Orders {
  readonly create = () => {};
}

it('GracefulShutdownInterceptor counts a message once even if it is bound twice', async () => {
  const { signal: deadlineSignal } = new AbortController();
  const tracker = new WorkTracker(new FakeClock(), { deadlineSignal });
  const parts = new Map<unknown, unknown>([
    [WorkTracker, tracker],
    [GraphQlConnections, new GraphQlConnections()],
    [RPC_SERVERS_ARE_KNOWN, false],
  ]);
  const made = { get: <T>(part: Injectable<T>) => parts.get(part) as T };
  const one = () => new GracefulShutdownInterceptor(made);
  const { create } = new Orders();
  const [first, second] = [one(), one()];
  for (let message = 0; message < 2; message++) {
    const context = new ExecutionContextHost([], Orders, create);
    context.setType('rpc');
    const answer = new Subject<string>();
    const inner = { handle: () => answer };
    const result = lastValueFrom(
      first.intercept(context, { handle: () => second.intercept(context, inner) }),
    );
    expect(tracker.tasks()).toMatchObject([{ label: 'rpc Orders.create' }]);
    answer.next('done');
    answer.complete();
    expect(await result).toBe('done');
    expect(tracker.tasks()).toEqual([]);
  }
});
