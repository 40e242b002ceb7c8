import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';

import { MailServer } from './mail-server.js';

export interface Mail {
  readonly to: string;
  /** How long it takes to send it. */
  readonly ms: number;
}

@Processor('mails')
export class MailsProcessor extends WorkerHost {
  private readonly logger = new Logger(MailsProcessor.name);

  constructor(private readonly mailServer: MailServer) {
    super();
  }

  /** Knows nothing of a shutdown. */
  async process({ data }: Job<Mail>): Promise<void> {
    this.logger.log(`Mail to ${data.to}: begun`);
    await this.mailServer.send(data.to, data.ms);
  }
}
