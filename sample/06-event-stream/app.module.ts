import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { PageController } from './page.controller.js';
import { PricesController } from './prices.controller.js';
import { PricesRepository } from './prices.repository.js';

@Module({
  imports: [GracefulShutdownModule.forRoot()],
  controllers: [PageController, PricesController],
  providers: [PricesRepository],
})
export class AppModule {}
