import 'reflect-metadata';

import { Test } from '@nestjs/testing';
import { assertReport, ShutdownTest } from 'nestjs-drain/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AppModule } from './app.module.js';
import { Carrier } from './carrier.js';
import { OrdersRepository } from './orders.repository.js';

/** Answers when the test says so. */
class TestCarrier {
  answer!: (place: string) => void;
  private readonly place = new Promise<string>((resolve) => (this.answer = resolve));

  locate(): Promise<string> {
    return this.place;
  }
}

describe('the shutdown of the orders service', () => {
  let test: ShutdownTest;
  let carrier: TestCarrier;

  beforeEach(async () => {
    carrier = new TestCarrier();
    const module = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(Carrier)
      .useValue(carrier);
    test = await ShutdownTest.start(module);
  });

  afterEach(() => test.close());

  it('tells the balancer at once', async () => {
    await test.signal('SIGTERM');
    const { status } = await fetch(`${test.url}/health/ready`);
    expect(status).toBe(503);
  });

  it('answers an order for which the carrier takes 8 s', async () => {
    const order = fetch(`${test.url}/orders/1`);
    await test.untilInFlight();
    await test.signal('SIGTERM');
    await test.advance(8000);
    expect(test.state).toBe('draining');
    carrier.answer('Lisbon');

    expect(await (await order).json()).toEqual({ item: 'tea 1', place: 'Lisbon' });
    assertReport(await test.finish(), {
      result: 'clean',
      exitCode: 0,
      within: 10_000,
      hooks: ['OrdersRepository.onModuleDestroy'],
    });
  });

  it('cuts an order that the carrier never answers, and ends after 25 s', async () => {
    const order = fetch(`${test.url}/orders/1`).catch(() => 'cut');
    await test.untilInFlight();
    await test.enter('forcing');
    const report = await test.finish();
    expect(await order).toBe('cut');
    assertReport(report, { result: 'forced', exitCode: 1, cut: 1, within: 25_000 });
  });

  it('exits with 1 when the database cannot be closed', async () => {
    test.app.get(OrdersRepository).onModuleDestroy = () => {
      throw new Error('The database does not answer');
    };
    const report = await test.finish();
    expect(report.failures[0]?.message).toBe('The database does not answer');
    assertReport(report, {
      result: 'failed',
      exitCode: 1,
      failures: ['OrdersRepository.onModuleDestroy'],
    });
  });
});
