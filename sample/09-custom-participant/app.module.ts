import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { MailPoller } from './mail.poller.js';
import { MailQueue } from './mail.queue.js';
import { PicturesController } from './pictures.controller.js';
import { Thumbnails } from './thumbnails.js';

@Module({
  imports: [GracefulShutdownModule.forRoot()],
  controllers: [PicturesController],
  providers: [MailQueue, MailPoller, Thumbnails],
})
export class AppModule {}
