import { setTimeout as sleep } from 'node:timers/promises';

import {
  Controller,
  DefaultValuePipe,
  Get,
  Logger,
  Param,
  ParseIntPipe,
  Query,
} from '@nestjs/common';

const CARRIER_MS = 5000;

@Controller('orders')
export class OrdersController {
  private readonly logger = new Logger(OrdersController.name);

  /** Slow: asks a carrier where the parcel is. */
  @Get(':id')
  async find(
    @Param('id', ParseIntPipe) id: number,
    @Query('ms', new DefaultValuePipe(CARRIER_MS), ParseIntPipe) carrierMs: number,
  ): Promise<{ id: number; answeredBy: number }> {
    this.logger.log(`Order ${id}: the carrier takes ${carrierMs} ms`);
    await sleep(carrierMs);
    return { id, answeredBy: process.pid };
  }
}
