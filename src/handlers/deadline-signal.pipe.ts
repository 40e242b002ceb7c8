import { Inject, Injectable, type PipeTransform } from '@nestjs/common';

import { GracefulShutdownService } from '../graceful-shutdown.service.js';

/**
 * Replaces any value by the deadline signal. It is a pipe, because the injector builds pipes, so
 * that each belongs to the application whose handler is called.
 *
 * @internal
 */
@Injectable()
export class DeadlineSignalPipe implements PipeTransform<unknown, AbortSignal> {
  readonly #signal: AbortSignal;

  constructor(@Inject(GracefulShutdownService) shutdown: GracefulShutdownService) {
    this.#signal = shutdown.deadlineSignal;
  }

  transform(): AbortSignal {
    return this.#signal;
  }
}
