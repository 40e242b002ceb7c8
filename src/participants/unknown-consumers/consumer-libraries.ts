import { type BuiltType, hasMethod } from '../../nest/built-provider.js';

/**
 * A library with consumers that this package does not know how to stop: the class of its module, a
 * provider of that module, and a method by which it differs from others of that name.
 */
type ConsumerLibrary = readonly [
  name: string,
  module: string,
  provider: string,
  method: string,
  /** A provider of another library with such a module, which is known. */
  unless?: string,
];

/** Above each row: the version whose source has these names. A new library is a new row. */
const LIBRARIES: readonly ConsumerLibrary[] = [
  // 3.0.1; @nestjs-packages/sqs 1.0.2 has the same names
  ['@ssut/nestjs-sqs', 'SqsModule', 'SqsService', 'getProducerQueueSize'],
  // 3.0.0-next
  ['agenda-nest', 'AgendaModule', 'AgendaOrchestrator', 'defineJobProcessors'],
  // 2.0.0
  ['nestjs-agenda', 'AgendaModule', 'AgendaService', 'define'],
  // 2.1.0; @loctax/nest-pg-boss 5.3.0 is a copy
  ['@apricote/nest-pg-boss', 'PGBossModule', 'HandlerScannerService', 'getJobHandlers'],
  // 5.1.1
  ['@wavezync/nestjs-pgboss', 'PgBossModule', 'PgBossService', 'registerCronJob'],
  // 0.8.4
  ['nestjs-graphile-worker', 'GraphileWorkerModule', 'WorkerService', 'runMigrations'],
  // 2.13.0
  ['nestjs-rmq', 'RMQModule', 'RMQService', 'bindRMQRoutes'],
  // 2.0.1
  ['nestjs-temporal', 'TemporalModule', 'TemporalExplorer', 'handleActivities'],
  // 3.4.0
  ['nestjs-temporal-core', 'TemporalModule', 'TemporalWorkerManagerService', 'getWorkerStatus'],
  // 1.4.4; versions of @golevelup/nestjs-rabbitmq without its manager have the same names
  [
    '@nestjs-plus/rabbitmq',
    'RabbitMQModule',
    'AmqpConnection',
    'createSubscriber',
    'AmqpConnectionManager',
  ],
];

/** The classes of one module of an application. @internal */
export interface ModuleClasses {
  readonly module: string;
  readonly providers: readonly BuiltType[];
}

/**
 * The names of the libraries that an application uses. Asks classes only, no object of theirs.
 *
 * @internal
 */
export function unknownConsumersIn(modules: readonly ModuleClasses[]): string[] {
  return LIBRARIES.filter((library) => modules.some((one) => isOf(library, one))).map(
    ([name]) => name,
  );
}

function isOf([, module, provider, method, unless]: ConsumerLibrary, one: ModuleClasses): boolean {
  if (one.module !== module || one.providers.some(({ name }) => name === unless)) return false;
  return one.providers.some((type) => type.name === provider && hasMethod(type, method));
}
