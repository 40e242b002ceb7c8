import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { ChatGateway } from './chat.gateway.js';
import { MessagesRepository } from './messages.repository.js';

@Module({
  imports: [GracefulShutdownModule.forRoot()],
  providers: [ChatGateway, MessagesRepository],
})
export class AppModule {}
