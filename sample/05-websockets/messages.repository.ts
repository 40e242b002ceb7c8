import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

/** Stands for a database. */
@Injectable()
export class MessagesRepository implements OnModuleDestroy {
  private readonly logger = new Logger(MessagesRepository.name);
  private readonly messages: string[] = [];
  private connected = true;

  /** @returns its number */
  add(text: string): number {
    if (!this.connected) throw new Error('The database connection is closed');
    return this.messages.push(text);
  }

  onModuleDestroy(): void {
    this.connected = false;
    this.logger.log('Database connection closed');
  }
}
