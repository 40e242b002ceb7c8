import { setTimeout as sleep } from 'node:timers/promises';

import { Body, Controller, HttpCode, Post } from '@nestjs/common';

import { PREMIUM } from './premium.js';

const INSURER_MS = 50;

@Controller('quotes')
export class QuotesController {
  @Post()
  @HttpCode(200)
  async quote(@Body('name') name: string): Promise<{ name: string; premium: number }> {
    await sleep(INSURER_MS);
    return { name, premium: PREMIUM };
  }
}
