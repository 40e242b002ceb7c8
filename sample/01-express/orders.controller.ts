import { setTimeout as sleep } from 'node:timers/promises';

import {
  Body,
  Controller,
  DefaultValuePipe,
  Get,
  Logger,
  Param,
  ParseIntPipe,
  Post,
  Query,
} from '@nestjs/common';

import { type Order, OrdersRepository } from './orders.repository.js';

const CARRIER_MS = 5000;

@Controller('orders')
export class OrdersController {
  private readonly logger = new Logger(OrdersController.name);

  constructor(private readonly orders: OrdersRepository) {}

  /** Slow: asks a carrier where the parcel is. Needs the database before and after. */
  @Get(':id')
  async find(
    @Param('id', ParseIntPipe) id: number,
    @Query('ms', new DefaultValuePipe(CARRIER_MS), ParseIntPipe) carrierMs: number,
  ): Promise<Order & { history: string[] }> {
    const order = await this.orders.find(id);
    this.logger.log(`Order ${id}: the carrier takes ${carrierMs} ms`);
    await sleep(carrierMs);
    const history = await this.orders.history(id);
    this.logger.log(`Order ${id}: answered`);
    return { ...order, history };
  }

  @Post()
  create(@Body('item') item: string): Promise<Order> {
    return this.orders.create(item);
  }
}
