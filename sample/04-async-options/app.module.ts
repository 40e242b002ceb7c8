import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { GracefulShutdownModule } from 'nestjs-drain';

import { JobsController } from './jobs.controller.js';
import { shutdownOptions } from './shutdown.options.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    GracefulShutdownModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: shutdownOptions,
    }),
  ],
  controllers: [JobsController],
})
export class AppModule {}
