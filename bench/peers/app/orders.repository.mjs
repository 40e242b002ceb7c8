import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

const QUERY_MS = 5;

/** Closes its pool at the usual place: Nest calls this first of all when it shuts down. */
export class OrdersRepository {
  #isOpen = true;

  async query() {
    if (!this.#isOpen) throw new Error('Cannot use a pool after calling end on the pool');
    await sleep(QUERY_MS);
    return { item: 'tea' };
  }

  async onModuleDestroy() {
    this.#isOpen = false;
  }
}
Injectable()(OrdersRepository);
