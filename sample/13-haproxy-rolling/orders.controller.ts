import { setTimeout as sleep } from 'node:timers/promises';

import { Body, Controller, HttpCode, Post } from '@nestjs/common';

const WORK_MS = 20;

@Controller('orders')
export class OrdersController {
  @Post()
  @HttpCode(200)
  async take(@Body() order: { id: number }): Promise<{ taken: number }> {
    await sleep(WORK_MS);
    return { taken: order.id };
  }
}
