import { Controller, Get, Param } from '@nestjs/common';

import { Carrier } from './carrier.js';
import { OrdersRepository } from './orders.repository.js';

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly carrier: Carrier,
  ) {}

  /** Needs the database after the carrier has answered. */
  @Get(':id')
  async find(@Param('id') id: string): Promise<{ item: string; place: string }> {
    const place = await this.carrier.locate(id);
    return { item: this.orders.find(id), place };
  }
}
