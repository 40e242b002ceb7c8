import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { MailsController } from './mails.controller.js';
import { MailsProcessor } from './mails.processor.js';
import { MailServer } from './mail-server.js';

@Module({
  imports: [
    GracefulShutdownModule.forRoot(),
    BullModule.forRoot({ connection: { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' } }),
    BullModule.registerQueue({ name: 'mails' }),
  ],
  controllers: [MailsController],
  providers: [MailServer, MailsProcessor],
})
export class AppModule {}
