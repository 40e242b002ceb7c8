import { once } from 'node:events';

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

const BATCH = 10;

/**
 * Stands for the client of a queue such as SQS. What it gives out is hidden from other consumers
 * until it is deleted, or given back (in SQS: its visibility timeout is set to 0).
 */
@Injectable()
export class MailQueue implements OnModuleDestroy {
  private readonly logger = new Logger(MailQueue.name);
  private readonly visible: string[] = ['ann', 'bob', 'cleo'];
  private readonly hidden = new Set<string>();

  /** A long poll: answers when there is something, or is aborted. */
  async receive(signal: AbortSignal): Promise<string[]> {
    if (this.visible.length === 0) await once(signal, 'abort');
    signal.throwIfAborted();
    const mails = this.visible.splice(0, BATCH);
    for (const mail of mails) this.hidden.add(mail);
    return mails;
  }

  async delete(mail: string): Promise<void> {
    this.hidden.delete(mail);
  }

  async giveBack(mail: string): Promise<void> {
    this.hidden.delete(mail);
    this.visible.push(mail);
  }

  onModuleDestroy(): void {
    const [visible, hidden] = [this.visible.length, this.hidden.size];
    this.logger.log(`Queue closed: ${visible} for other instances, ${hidden} of unknown fate`);
  }
}
