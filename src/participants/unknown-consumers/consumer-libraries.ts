import { type BuiltType, hasMethod } from '../../nest/built-provider.js';

/** A library with consumers that this package does not know how to stop. */
interface ConsumerLibrary {
  readonly name: string;
  /** The class of its module. */
  readonly module: string;
  /** A provider that this module has, and a method by which it differs from others of that name. */
  readonly provider: string;
  readonly method: string;
  /** A provider of another library with such a module, which is known. */
  readonly unless?: string;
}

/** Above each row: the version whose source has these names. A new library is a new row. */
const LIBRARIES: readonly ConsumerLibrary[] = [
  // 3.0.1; @nestjs-packages/sqs 1.0.2 has the same names
  {
    name: '@ssut/nestjs-sqs',
    module: 'SqsModule',
    provider: 'SqsService',
    method: 'getProducerQueueSize',
  },
  // 3.0.0-next
  {
    name: 'agenda-nest',
    module: 'AgendaModule',
    provider: 'AgendaOrchestrator',
    method: 'defineJobProcessors',
  },
  // 2.0.0
  {
    name: 'nestjs-agenda',
    module: 'AgendaModule',
    provider: 'AgendaService',
    method: 'define',
  },
  // 2.1.0; @loctax/nest-pg-boss 5.3.0 is a copy
  {
    name: '@apricote/nest-pg-boss',
    module: 'PGBossModule',
    provider: 'HandlerScannerService',
    method: 'getJobHandlers',
  },
  // 5.1.1
  {
    name: '@wavezync/nestjs-pgboss',
    module: 'PgBossModule',
    provider: 'PgBossService',
    method: 'registerCronJob',
  },
  // 0.8.4
  {
    name: 'nestjs-graphile-worker',
    module: 'GraphileWorkerModule',
    provider: 'WorkerService',
    method: 'runMigrations',
  },
  // 2.13.0
  { name: 'nestjs-rmq', module: 'RMQModule', provider: 'RMQService', method: 'bindRMQRoutes' },
  // 2.0.1
  {
    name: 'nestjs-temporal',
    module: 'TemporalModule',
    provider: 'TemporalExplorer',
    method: 'handleActivities',
  },
  // 3.4.0
  {
    name: 'nestjs-temporal-core',
    module: 'TemporalModule',
    provider: 'TemporalWorkerManagerService',
    method: 'getWorkerStatus',
  },
  // 1.4.4; versions of @golevelup/nestjs-rabbitmq without its manager have the same names
  {
    name: '@nestjs-plus/rabbitmq',
    module: 'RabbitMQModule',
    provider: 'AmqpConnection',
    method: 'createSubscriber',
    unless: 'AmqpConnectionManager',
  },
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
    ({ name }) => name,
  );
}

function isOf({ module, provider, method, unless }: ConsumerLibrary, one: ModuleClasses): boolean {
  if (one.module !== module || one.providers.some(({ name }) => name === unless)) return false;
  return one.providers.some((type) => type.name === provider && hasMethod(type, method));
}
