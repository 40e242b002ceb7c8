import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { ReportsController } from './reports.controller.js';
import { SalesRepository } from './sales.repository.js';

@Module({
  imports: [GracefulShutdownModule.forRoot()],
  controllers: [ReportsController],
  providers: [SalesRepository],
})
export class AppModule {}
