import { setTimeout as sleep } from 'node:timers/promises';

import { Body, Controller, Get, Inject, Post, Query, UseGuards } from '@nestjs/common';

import { decorate, decorateParameters } from './decorate.mjs';
import { OrdersRepository } from './orders.repository.mjs';
import { tell } from './tell.mjs';

class SlowGuard {
  async canActivate(context) {
    tell('handling');
    await sleep(Number(context.switchToHttp().getRequest().query.ms));
    return true;
  }
}

export class RequestsController {
  constructor(orders) {
    this.orders = orders;
  }

  /** No database: the scenarios shall differ by one thing each. */
  async slow(ms = '0') {
    tell('handling');
    await sleep(Number(ms));
    return { done: true };
  }

  async order(ms) {
    tell('handling');
    await this.orders.query();
    await sleep(Number(ms));
    return this.orders.query();
  }

  guarded() {
    return { done: true };
  }

  stuck() {
    tell('handling');
    return new Promise(() => {});
  }

  create(order) {
    return { length: order.text.length };
  }
}
decorate(RequestsController, 'slow', Get('slow'));
decorateParameters(RequestsController, 'slow', Query('ms'));
decorate(RequestsController, 'order', Get('order'));
decorateParameters(RequestsController, 'order', Query('ms'));
decorate(RequestsController, 'guarded', Get('guarded'), UseGuards(SlowGuard));
decorate(RequestsController, 'stuck', Get('stuck'));
decorate(RequestsController, 'create', Post('orders'));
decorateParameters(RequestsController, 'create', Body());
decorateParameters(RequestsController, undefined, Inject(OrdersRepository));
Controller()(RequestsController);
