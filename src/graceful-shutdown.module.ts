import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  type INestApplicationContext,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';

import { importedTwice, notImported } from './graceful-shutdown.errors.js';
import {
  type GracefulShutdownOptions,
  RESOLVED_OPTIONS,
  type ResolvedOptions,
  resolveOptions,
} from './graceful-shutdown.options.js';
import { participants } from './graceful-shutdown.participants.js';
import { GracefulShutdownService } from './graceful-shutdown.service.js';
import { GracefulShutdownHealthIndicator } from './health/graceful-shutdown.health.js';
import { ApplicationShutdown } from './nest/application-shutdown.js';
import { unwrap } from './nest/unwrap.js';
import { provide } from './provide.js';
import { ShutdownLog } from './report/shutdown-log.js';
import { thisWorker } from './restart/worker/this-worker.js';
import { systemClock } from './shutdown/clock.js';
import { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import { thisProcess } from './shutdown/this-process.js';
import { supervise } from './supervisors/supervise.js';
import { GracefulShutdownInterceptor } from './tracking/graceful-shutdown.interceptor.js';
import { WorkTracker } from './tracking/work-tracker.js';

// Before any server listens and any signal is handled.
thisWorker();

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<GracefulShutdownOptions>({ moduleName: 'GracefulShutdown' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createGracefulShutdownOptions')
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();

const providers: Provider[] = [
  provide(RESOLVED_OPTIONS, [MODULE_OPTIONS_TOKEN], (given: unknown) => resolveOptions(given)),
  provide(
    ShutdownSequence,
    [RESOLVED_OPTIONS],
    (options: ResolvedOptions) => new ShutdownSequence(options, systemClock),
  ),
  provide(ApplicationShutdown, [ModulesContainer, RESOLVED_OPTIONS, ShutdownSequence], shutdownOf),
  ...participants,
  provide(
    GracefulShutdownService,
    [ShutdownSequence, WorkTracker],
    (sequence: ShutdownSequence, tracker: WorkTracker) =>
      new GracefulShutdownService(sequence, tracker, thisProcess()),
  ),
  HealthIndicatorService,
  GracefulShutdownHealthIndicator,
  GracefulShutdownInterceptor,
  { provide: APP_INTERCEPTOR, useExisting: GracefulShutdownInterceptor },
];

/**
 * Graceful shutdown for the application that imports it, in its root module. Nothing has to be
 * added to `main.ts`: the shutdown hooks are on, and the drain comes before any `onModuleDestroy`.
 *
 * @example
 * ```ts
 * @Module({ imports: [GracefulShutdownModule.forRoot()] })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({
  imports: [DiscoveryModule],
  providers,
  exports: [GracefulShutdownService, GracefulShutdownHealthIndicator, GracefulShutdownInterceptor],
})
export class GracefulShutdownModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap
{
  readonly #application: ApplicationShutdown;

  /** @internal */
  constructor(@Inject(ApplicationShutdown) application: ApplicationShutdown) {
    super();
    this.#application = application;
  }

  /**
   * @throws GracefulShutdownError `ERR_SHUTDOWN_INVALID_OPTIONS`, at once, that names each wrong
   * option, its value and what is allowed
   */
  static override forRoot(options: GracefulShutdownOptions = {}): DynamicModule {
    const resolved = resolveOptions(options);
    // The same object for the same options: Nest then imports it once, however often it is named.
    const known = importedModules.find((imported) => isSame(imported.options, resolved));
    if (known !== undefined) return known.module;
    const module = super.forRoot(options);
    importedModules.push({ options: resolved, module });
    return module;
  }

  /**
   * Puts the shutdown before the teardown of this application, right after `NestFactory.create()`.
   * Only needed where a warning at the start says so; does nothing otherwise.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_IMPORTED`
   */
  static attach(app: INestApplicationContext): void {
    applicationShutdownOf(app).adopt(unwrap(app));
  }

  /** Called by Nest. Says what is armed. */
  onApplicationBootstrap(): void {
    this.#application.bootstrapped();
  }
}

const importedModules: { options: ResolvedOptions; module: DynamicModule }[] = [];
const owners = new WeakMap<ModulesContainer, ApplicationShutdown>();

function shutdownOf(
  modules: ModulesContainer,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
): ApplicationShutdown {
  const other = owners.get(modules);
  if (other !== undefined) {
    other.release();
    throw importedTwice();
  }
  const logger = new Logger('GracefulShutdown');
  const log = new ShutdownLog(logger, sequence, systemClock);
  const shutdown = new ApplicationShutdown(
    options,
    sequence,
    modules,
    log,
    thisProcess(),
    systemClock,
  );
  // The primary speaks for its workers.
  if (thisWorker() === undefined)
    supervise(shutdown, thisProcess(), (message) => logger.warn(message));
  owners.set(modules, shutdown);
  return shutdown;
}

function applicationShutdownOf(app: INestApplicationContext): ApplicationShutdown {
  try {
    return app.get(ApplicationShutdown, { strict: false });
  } catch (cause) {
    throw notImported(cause);
  }
}

function isSame(a: ResolvedOptions, b: ResolvedOptions): boolean {
  const { signals: signalsA, ...restA } = a;
  const { signals: signalsB, ...restB } = b;
  const keys = Object.keys(restA) as (keyof typeof restA)[];
  return signalsA.join() === signalsB.join() && keys.every((key) => restA[key] === restB[key]);
}
