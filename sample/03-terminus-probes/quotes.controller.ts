import { setTimeout as sleep } from 'node:timers/promises';

import { Controller, Get, Logger } from '@nestjs/common';

/** Longer than the grace period, so that a request can be seen to outlive it. */
const CALCULATION_MS = 5000;

@Controller('quotes')
export class QuotesController {
  private readonly logger = new Logger(QuotesController.name);

  @Get()
  async calculate(): Promise<{ premium: number }> {
    this.logger.log('Quote begun');
    await sleep(CALCULATION_MS);
    this.logger.log('Quote answered');
    return { premium: 42 };
  }
}
