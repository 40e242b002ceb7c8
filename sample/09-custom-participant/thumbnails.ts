import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { GracefulShutdownService } from 'nestjs-drain';

import { ThumbnailPool } from './thumbnail-pool.js';

/** Makes somebody else's object take part: what is no provider is added by hand. */
@Injectable()
export class Thumbnails implements OnModuleInit {
  private readonly logger = new Logger(Thumbnails.name);
  private readonly pool = new ThumbnailPool();

  constructor(private readonly shutdown: GracefulShutdownService) {}

  onModuleInit(): void {
    this.shutdown.addParticipant({
      name: 'thumbnails',
      active: () => this.pool.size,
      drain: async () => {
        await this.pool.onIdle();
        this.logger.log('Pool idle');
      },
    });
  }

  make(ms: number): void {
    this.pool.run(ms);
  }
}
