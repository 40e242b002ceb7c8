import { setTimeout as sleep } from 'node:timers/promises';

import { Body, Controller, Get, Inject, Post, Query, UseGuards } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

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
  constructor(orders, events) {
    this.orders = orders;
    this.events = events;
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

  /** Answered at once; what its event begins goes on. */
  place(ms) {
    this.events.emit('order.placed', { ms: Number(ms) });
    return { placed: true };
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
decorate(RequestsController, 'place', Get('place'));
decorateParameters(RequestsController, 'place', Query('ms'));
decorate(RequestsController, 'create', Post('orders'));
decorateParameters(RequestsController, 'create', Body());
decorateParameters(RequestsController, undefined, Inject(OrdersRepository), Inject(EventEmitter2));
Controller()(RequestsController);
