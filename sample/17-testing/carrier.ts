import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

const ANSWER_MS = 8000;

/** Knows where a parcel is, and takes its time. */
@Injectable()
export class Carrier {
  async locate(_order: string): Promise<string> {
    await sleep(ANSWER_MS);
    return 'Lisbon';
  }
}
