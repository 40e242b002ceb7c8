import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

/** Stands for a connection to a mail server. */
@Injectable()
export class MailServer implements OnModuleDestroy {
  private readonly logger = new Logger(MailServer.name);
  private connected = true;

  async send(to: string, ms: number): Promise<void> {
    await sleep(ms);
    if (!this.connected) throw new Error('The connection to the mail server is closed');
    this.logger.log(`Mail to ${to}: sent`);
  }

  onModuleDestroy(): void {
    this.connected = false;
    this.logger.log('Connection to the mail server closed');
  }
}
