import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';

import { QuotesController } from './quotes.controller.js';
import { ReadyController } from './ready.controller.js';

@Module({
  imports: [GracefulShutdownModule.forRoot(), TerminusModule],
  controllers: [QuotesController, ReadyController],
})
export class AppModule {}
