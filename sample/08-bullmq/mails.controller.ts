import { InjectQueue } from '@nestjs/bullmq';
import {
  Controller,
  DefaultValuePipe,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Query,
} from '@nestjs/common';
import type { Queue } from 'bullmq';

import type { Mail } from './mails.processor.js';

const SEND_MS = 5000;
const ACCEPTED = 202;

@Controller('mails')
export class MailsController {
  constructor(@InjectQueue('mails') private readonly mails: Queue<Mail>) {}

  /** Answers at once; the mail is sent by whichever instance takes the job. */
  @Post(':to')
  @HttpCode(ACCEPTED)
  async send(
    @Param('to') to: string,
    @Query('ms', new DefaultValuePipe(SEND_MS), ParseIntPipe) ms: number,
  ): Promise<void> {
    await this.mails.add('mail', { to, ms });
  }
}
