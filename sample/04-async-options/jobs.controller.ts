import { setTimeout as sleep } from 'node:timers/promises';

import { Controller, Get, Logger } from '@nestjs/common';
import { GracefulShutdownService, type ShutdownState } from 'nestjs-drain';

const JOB_MS = 3000;

export interface JobResult {
  readonly state: ShutdownState;
  /** `null` in JSON while the application runs: then there is no end in sight. */
  readonly remainingMs: number;
}

@Controller('jobs')
export class JobsController {
  private readonly logger = new Logger(JobsController.name);

  constructor(private readonly shutdown: GracefulShutdownService) {}

  /** Slow, and tells at its end how far the shutdown is and how much of its time is left. */
  @Get()
  async run(): Promise<JobResult> {
    this.logger.log('Job begun');
    await sleep(JOB_MS);
    this.logger.log('Job done');
    return {
      state: this.shutdown.state,
      remainingMs: Math.round(this.shutdown.remainingMs()),
    };
  }
}
