import { Injectable, Logger, NotFoundException, type OnModuleDestroy } from '@nestjs/common';

import { Pool } from './pool.js';

export interface Order {
  readonly id: number;
  readonly item: string;
}

@Injectable()
export class OrdersRepository implements OnModuleDestroy {
  private readonly logger = new Logger(OrdersRepository.name);
  private readonly pool = new Pool();
  private readonly orders: Order[] = [{ id: 1, item: 'tea' }];

  async find(id: number): Promise<Order> {
    const order = await this.pool.query(() => this.orders[id - 1]);
    if (order === undefined) throw new NotFoundException(`There is no order ${id}`);
    return order;
  }

  history(id: number): Promise<string[]> {
    return this.pool.query(() => [`order ${id} was paid`, `order ${id} was sent`]);
  }

  create(item: string): Promise<Order> {
    return this.pool.query(() => {
      const order = { id: this.orders.length + 1, item };
      this.orders.push(order);
      return order;
    });
  }

  /** Closes the database at the usual place: Nest calls this first of all when it shuts down. */
  async onModuleDestroy(): Promise<void> {
    await this.pool.end();
    this.logger.log('Pool closed');
  }
}
