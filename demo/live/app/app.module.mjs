// The application on the stage: parts of the samples, and one import.
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';

import { OrdersModule } from '../../../sample/.out/01-express/orders.module.js';
import { ChatGateway } from '../../../sample/.out/05-websockets/chat.gateway.js';
import { MessagesRepository } from '../../../sample/.out/05-websockets/messages.repository.js';
import { PricesController } from '../../../sample/.out/06-event-stream/prices.controller.js';
import { PricesRepository } from '../../../sample/.out/06-event-stream/prices.repository.js';
import { ReadyController } from '../../../sample/.out/10-graceful-restart/ready.controller.js';
import { budget } from '../budget.mjs';

export class AppModule {}
Module({
  imports: [GracefulShutdownModule.forRoot(budget), OrdersModule, TerminusModule],
  controllers: [PricesController, ReadyController],
  providers: [ChatGateway, MessagesRepository, PricesRepository],
})(AppModule);
