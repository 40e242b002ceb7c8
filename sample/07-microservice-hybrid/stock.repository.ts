import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

/** Stands for a table of a database. */
@Injectable()
export class StockRepository implements OnModuleDestroy {
  private readonly logger = new Logger(StockRepository.name);
  private stock = 10;
  private isOpen = true;

  pieces(): number {
    if (!this.isOpen) throw new Error('The database connection is closed');
    return this.stock;
  }

  take(pieces: number): number {
    this.stock = this.pieces() - pieces;
    return this.stock;
  }

  onModuleDestroy(): void {
    this.isOpen = false;
    this.logger.log('Database connection closed');
  }
}
