import { Injectable, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from 'vitest';

import { PARTICIPANTS } from '../../src/participants/index.js';
import type { Clock } from '../../src/shutdown/clock.js';
import type { DrainParticipant } from '../../src/shutdown/drain-participant.js';
import { TasksInFlight } from '../../src/shutdown/tasks-in-flight.js';
import { kind } from '../../src/wiring/kind.js';
import { Parts } from '../../src/wiring/parts.js';
import { CLOCK } from '../../src/wiring/surroundings.js';

const order: string[] = [];

/** Carrier pigeons, as a contributor would add them: one class, and one line in the list of kinds. */
class PigeonParticipant implements DrainParticipant {
  readonly name = 'pigeons';
  readonly stopsAt = 'grace';
  readonly flights: TasksInFlight;

  constructor(clock: Clock) {
    this.flights = new TasksInFlight(clock);
  }

  prepare(): void {
    order.push('prepare');
  }

  stopIntake(): void {
    order.push('stopIntake');
  }

  active(): number {
    return this.flights.count;
  }

  async drain(): Promise<void> {
    order.push('drain');
    await this.flights.none();
    order.push('drained');
  }

  dispose(): void {
    order.push('dispose');
  }
}

it('a kind of work is one provider in the list: it is prepared, drained and disposed of', async () => {
  (PARTICIPANTS as unknown[]).push(kind(PigeonParticipant, [CLOCK]));
  // The module spreads the list when it is loaded.
  const { GracefulShutdownModule, GracefulShutdownService } = await import('../../src/index.js');

  @Injectable()
  class Loft implements OnModuleInit, OnModuleDestroy {
    onModuleInit(): void {
      order.push('onModuleInit');
    }

    onModuleDestroy(): void {
      order.push('onModuleDestroy');
    }
  }

  @Module({ imports: [GracefulShutdownModule.forRoot()], providers: [Loft] })
  class AppModule {}

  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const { flights } = app.get(Parts, { strict: false }).get(PigeonParticipant);
  const land = flights.begin('pigeon to Paris');
  expect(app.get(GracefulShutdownService).inFlight).toBe(1);
  const closed = app.close();
  await expect.poll(() => order, { timeout: 10_000 }).toContain('drain');
  expect(order).not.toContain('onModuleDestroy');
  land();
  await closed;
  expect(order).toEqual([
    'prepare',
    'onModuleInit',
    'stopIntake',
    'drain',
    'drained',
    'onModuleDestroy',
    'dispose',
  ]);
});
