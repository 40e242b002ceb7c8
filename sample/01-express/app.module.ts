import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';

import { OrdersModule } from './orders.module.js';

@Module({ imports: [GracefulShutdownModule.forRoot(), OrdersModule] })
export class AppModule {}
