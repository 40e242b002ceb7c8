import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { defer, finalize, type Observable } from 'rxjs';

import { WorkTracker } from './work-tracker.js';

/**
 * Counts and names what has no HTTP response whose end could be watched: messages of microservices
 * and of websocket gateways. The module registers it for the whole application.
 *
 * HTTP requests need no interceptor, and would be miscounted by one: it sees neither guards nor
 * uploads nor a stream that is still being written.
 *
 * @publicApi
 */
@Injectable()
export class GracefulShutdownInterceptor implements NestInterceptor {
  /** @internal */
  readonly offHttpRoutes = true;
  readonly #tracker: WorkTracker;

  /** @internal */
  constructor(tracker: WorkTracker) {
    this.#tracker = tracker;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const kind = context.getType();
    if (kind !== 'rpc' && kind !== 'ws') return next.handle();
    const label = `${kind} ${context.getClass().name}.${context.getHandler().name}`;
    return defer(() => next.handle().pipe(finalize(this.#tracker.begin(label))));
  }
}
