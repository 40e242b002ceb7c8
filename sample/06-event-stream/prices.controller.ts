import { Controller, Logger, type MessageEvent, Sse } from '@nestjs/common';
import { LongLived } from 'nestjs-drain';
import { concatMap, finalize, interval, map, type Observable, range } from 'rxjs';

import { PricesRepository } from './prices.repository.js';

const TICK_MS = 500;
const DAYS = 10;

@Controller('prices')
export class PricesController {
  private readonly logger = new Logger(PricesController.name);

  constructor(private readonly prices: PricesRepository) {}

  /** Has no end of its own. A shutdown ends it; the client comes back, to another instance. */
  @Sse()
  live(): Observable<MessageEvent> {
    return interval(TICK_MS).pipe(
      concatMap((day) => this.prices.find(day)),
      map((price) => ({ data: price })),
      finalize(() => this.logger.log('Prices: nobody listens any more')),
    );
  }

  /** Has an end, and is worth nothing without it: a shutdown waits. */
  @Sse('export')
  @LongLived('wait')
  export(): Observable<MessageEvent> {
    this.logger.log('Export begun');
    return range(1, DAYS).pipe(
      concatMap((day) => this.prices.find(day)),
      map((price) => ({ data: price })),
      finalize(() => this.logger.log('Export complete')),
    );
  }
}
