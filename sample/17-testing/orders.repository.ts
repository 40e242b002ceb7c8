import { Injectable, type OnModuleDestroy } from '@nestjs/common';

@Injectable()
export class OrdersRepository implements OnModuleDestroy {
  private isOpen = true;

  find(id: string): string {
    if (!this.isOpen) throw new Error('The database is closed');
    return `tea ${id}`;
  }

  onModuleDestroy(): void {
    this.isOpen = false;
  }
}
