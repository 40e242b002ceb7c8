import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { OrdersController } from './orders.controller.js';

@Module({ imports: [GracefulShutdownModule.forRoot()], controllers: [OrdersController] })
export class AppModule {}
