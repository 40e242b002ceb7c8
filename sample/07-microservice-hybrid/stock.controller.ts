import { setTimeout as sleep } from 'node:timers/promises';

import { Controller, DefaultValuePipe, Get, Logger, ParseIntPipe, Query } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';

import { StockRepository } from './stock.repository.js';

const COUNT_MS = 5000;

interface Reservation {
  readonly pieces: number;
  /** How long the warehouse takes to say yes. */
  readonly ms?: number;
}

/** The same stock, asked for by browsers over HTTP and by other services with messages. */
@Controller('stock')
export class StockController {
  private readonly logger = new Logger(StockController.name);

  constructor(private readonly stock: StockRepository) {}

  @Get()
  async count(
    @Query('ms', new DefaultValuePipe(COUNT_MS), ParseIntPipe) ms: number,
  ): Promise<{ pieces: number }> {
    this.logger.log('Count begun');
    await sleep(ms);
    return { pieces: this.stock.pieces() };
  }

  @MessagePattern('reserve')
  async reserve({ pieces, ms = COUNT_MS }: Reservation): Promise<{ left: number }> {
    this.logger.log(`Reservation of ${pieces} begun`);
    await sleep(ms);
    return { left: this.stock.take(pieces) };
  }

  /** Nobody waits for the answer; the shutdown does. */
  @EventPattern('delivered')
  async delivered({ pieces, ms = COUNT_MS }: Reservation): Promise<void> {
    this.logger.log(`Delivery of ${pieces} begun`);
    await sleep(ms);
    this.logger.log(`Delivery of ${pieces} stored, ${this.stock.take(-pieces)} left`);
  }
}
