import { describe, expect, it } from 'vitest';

import type { BuiltType } from '../../nest/built-provider.js';
import { unknownConsumersIn } from './consumer-libraries.js';

/** A class of that name with that method, as the library has it. */
function classOf(name: string, method = 'init'): BuiltType {
  return { name, prototype: { [method]: () => {} } };
}

describe('consumer libraries', () => {
  it.each([
    ['@ssut/nestjs-sqs', 'SqsModule', classOf('SqsService', 'getProducerQueueSize')],
    ['agenda-nest', 'AgendaModule', classOf('AgendaOrchestrator', 'defineJobProcessors')],
    ['nestjs-agenda', 'AgendaModule', classOf('AgendaService', 'define')],
    ['@apricote/nest-pg-boss', 'PGBossModule', classOf('HandlerScannerService', 'getJobHandlers')],
    ['@wavezync/nestjs-pgboss', 'PgBossModule', classOf('PgBossService', 'registerCronJob')],
    ['nestjs-graphile-worker', 'GraphileWorkerModule', classOf('WorkerService', 'runMigrations')],
    ['nestjs-rmq', 'RMQModule', classOf('RMQService', 'bindRMQRoutes')],
    ['nestjs-temporal', 'TemporalModule', classOf('TemporalExplorer', 'handleActivities')],
    [
      'nestjs-temporal-core',
      'TemporalModule',
      classOf('TemporalWorkerManagerService', 'getWorkerStatus'),
    ],
    ['@nestjs-plus/rabbitmq', 'RabbitMQModule', classOf('AmqpConnection', 'createSubscriber')],
  ])('are recognised by their module, a provider and its method: %s', (name, module, provider) => {
    expect(unknownConsumersIn([{ module, providers: [classOf('Other'), provider] }])).toEqual([
      name,
    ]);
  });

  it('are named once, however many modules they have', () => {
    const one = { module: 'RMQModule', providers: [classOf('RMQService', 'bindRMQRoutes')] };
    expect(unknownConsumersIn([one, one])).toEqual(['nestjs-rmq']);
  });

  it('are not confused with similar modules', () => {
    const own = { module: 'SqsModule', providers: [classOf('SqsService', 'send')] };
    const other = { module: 'OrdersModule', providers: [classOf('RMQService', 'bindRMQRoutes')] };
    const known = {
      module: 'RabbitMQModule',
      providers: [classOf('AmqpConnection', 'createSubscriber'), classOf('AmqpConnectionManager')],
    };
    expect(unknownConsumersIn([own, other, known])).toEqual([]);
  });
});
