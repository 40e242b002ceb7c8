import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

export interface Sale {
  readonly day: number;
  readonly amount: number;
}

const DAYS = 12;
const FETCH_MS = 400;

/** Stands for a repository that reads through a database cursor, one row after the other. */
@Injectable()
export class SalesRepository implements OnModuleDestroy {
  private readonly logger = new Logger(SalesRepository.name);
  private connected = true;

  async *all(): AsyncGenerator<Sale> {
    for (let day = 1; day <= DAYS; day++) {
      await sleep(FETCH_MS);
      if (!this.connected) throw new Error('The database connection is closed');
      yield { day, amount: day * 10 };
    }
  }

  onModuleDestroy(): void {
    this.connected = false;
    this.logger.log('Database connection closed');
  }
}
