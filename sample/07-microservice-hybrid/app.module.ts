import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { StockController } from './stock.controller.js';
import { StockRepository } from './stock.repository.js';

@Module({
  imports: [GracefulShutdownModule.forRoot()],
  controllers: [StockController],
  providers: [StockRepository],
})
export class AppModule {}
