import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

export interface Price {
  readonly day: number;
  readonly price: number;
}

const QUERY_MS = 400;

@Injectable()
export class PricesRepository implements OnModuleDestroy {
  private readonly logger = new Logger(PricesRepository.name);
  private connected = true;

  async find(day: number): Promise<Price> {
    await sleep(QUERY_MS);
    if (!this.connected) throw new Error('The database connection is closed');
    return { day, price: 100 + ((day * 7) % 13) };
  }

  onModuleDestroy(): void {
    this.connected = false;
    this.logger.log('Database connection closed');
  }
}
