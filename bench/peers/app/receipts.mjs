import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';

import { decorate, decorateParameters } from './decorate.mjs';
import { OrdersRepository } from './orders.repository.mjs';
import { tell } from './tell.mjs';

/** Work that begins with a request and goes on after its response: nobody waits for it. */
export class Receipts {
  #finished = 0;

  constructor(orders) {
    this.orders = orders;
  }

  async print({ ms }) {
    tell('handling');
    await sleep(ms);
    await this.orders.query();
    this.#finished += 1;
    tell({ finished: this.#finished });
  }
}
decorate(Receipts, 'print', OnEvent('order.placed'));
decorateParameters(Receipts, undefined, Inject(OrdersRepository));
Injectable()(Receipts);
