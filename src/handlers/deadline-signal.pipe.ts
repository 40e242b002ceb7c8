import { Inject, Injectable, type PipeTransform } from '@nestjs/common';

import { GracefulShutdownService } from '../graceful-shutdown.service.js';

/**
 * Puts the deadline signal in the place of any value. A pipe, because it is built by the injector,
 * and so belongs to the application whose handler is called.
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
