import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';

import { decorate, decorateParameters } from './decorate.mjs';
import { OrdersRepository } from './orders.repository.mjs';

/** What the solution says of readiness, once it is wired. */
export class Readiness {
  isReady = () => true;
}

/** The readiness probe: can orders be read, and is the instance not leaving? */
export class ReadyController {
  constructor(readiness, orders) {
    this.readiness = readiness;
    this.orders = orders;
  }

  async ready() {
    const isReadable = await this.orders.query().then(
      () => true,
      () => false,
    );
    if (!isReadable || !(await this.readiness.isReady())) throw new ServiceUnavailableException();
  }
}
decorate(ReadyController, 'ready', Get('ready'), HttpCode(200));
decorateParameters(ReadyController, undefined, Inject(Readiness), Inject(OrdersRepository));
Controller()(ReadyController);
