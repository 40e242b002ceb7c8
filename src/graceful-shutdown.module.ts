import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Global,
  type INestApplicationContext,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';

import { BalancerEvidence } from './arrivals/balancer-evidence.js';
import { importedTwice, missingFactory, notImported } from './graceful-shutdown.errors.js';
import {
  type GracefulShutdownOptions,
  isGraceAdaptive,
  RESOLVED_OPTIONS,
  type ResolvedOptions,
  resolveOptions,
} from './graceful-shutdown.options.js';
import { participants } from './graceful-shutdown.participants.js';
import { GracefulShutdownService } from './graceful-shutdown.service.js';
import { GracefulShutdownHealthIndicator } from './health/graceful-shutdown.health.js';
import { ApplicationShutdown } from './nest/application-shutdown.js';
import { handlerClassesOf } from './nest/handler-classes.js';
import { ownHooks } from './nest/own-hooks.js';
import { unwrap } from './nest/unwrap.js';
import { provide } from './provide.js';
import { HttpServers } from './net/http-servers.js';
import { Traffic } from './net/traffic.js';
import { Diagnostics } from './report/diagnostics.js';
import { ReportPublisher } from './report/report-publisher.js';
import { ShutdownLog } from './report/shutdown-log.js';
import { ShutdownRecord } from './report/shutdown-record.js';
import { thisWorker } from './restart/worker/this-worker.js';
import { Routes } from './routes/routes.js';
import { AdaptiveGracePeriod } from './shutdown/adaptive-grace-period.js';
import type { Clock } from './shutdown/clock.js';
import type { ProcessShutdown } from './shutdown/process-shutdown.js';
import { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import { CLOCK, PROCESS, surroundings } from './surroundings.js';
import { supervise } from './supervisors/supervise.js';
import { GracefulShutdownInterceptor } from './tracking/graceful-shutdown.interceptor.js';
import { WorkTracker } from './tracking/work-tracker.js';

// Before any server listens and any signal is handled.
thisWorker();

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<GracefulShutdownOptions>({ moduleName: 'GracefulShutdown' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createGracefulShutdownOptions')
    .build();

/** The token of the options as they were given. @internal */
export const MODULE_OPTIONS = MODULE_OPTIONS_TOKEN;

const logger = new Logger('GracefulShutdown');

const providers: Provider[] = [
  // Where the class itself is imported. forRoot() and forRootAsync() put theirs in its place.
  { provide: MODULE_OPTIONS_TOKEN, useValue: {} },
  provide(RESOLVED_OPTIONS, [MODULE_OPTIONS_TOKEN], (given: unknown) => resolveOptions(given)),
  ...surroundings,
  provide(ShutdownSequence, [RESOLVED_OPTIONS, Traffic, Routes, CLOCK], sequenceOf),
  provide(
    ShutdownRecord,
    [ShutdownSequence, Traffic, Routes, RESOLVED_OPTIONS, CLOCK],
    (
      sequence: ShutdownSequence,
      traffic: Traffic,
      routes: Routes,
      options: ResolvedOptions,
      clock: Clock,
    ) => new ShutdownRecord(sequence, traffic, routes, options, clock),
  ),
  provide(
    ReportPublisher,
    [ShutdownRecord, ShutdownSequence, RESOLVED_OPTIONS],
    (record: ShutdownRecord, sequence: ShutdownSequence, options: ResolvedOptions) =>
      new ReportPublisher(record, sequence, logger, options),
  ),
  provide(Diagnostics, [ShutdownSequence, Traffic, Routes, ReportPublisher, CLOCK], diagnosticsOf),
  provide(
    ApplicationShutdown,
    [ModulesContainer, RESOLVED_OPTIONS, ShutdownSequence, ReportPublisher, PROCESS, CLOCK],
    shutdownOf,
  ),
  ...participants,
  provide(
    GracefulShutdownService,
    [ShutdownSequence, WorkTracker, PROCESS, ReportPublisher, HttpServers, ModulesContainer],
    serviceOf,
  ),
  HealthIndicatorService,
  GracefulShutdownHealthIndicator,
  GracefulShutdownInterceptor,
  { provide: APP_INTERCEPTOR, useExisting: GracefulShutdownInterceptor },
];

/** What the other entries of this package build on. */
const internals = [
  RESOLVED_OPTIONS,
  CLOCK,
  PROCESS,
  ShutdownSequence,
  ShutdownRecord,
  Traffic,
  ReportPublisher,
];

/**
 * Graceful shutdown for the application that imports it, in its root module. Nothing has to be
 * added to `main.ts`: the shutdown hooks are on, and the drain comes before any `onModuleDestroy`.
 * `forRootAsync()` takes `useFactory`, `useClass` or `useExisting`, with `imports` and `inject`.
 *
 * @example
 * ```ts
 * @Module({ imports: [GracefulShutdownModule.forRoot()] })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Global()
@Module({
  providers,
  exports: [
    GracefulShutdownService,
    GracefulShutdownHealthIndicator,
    GracefulShutdownInterceptor,
    ...internals,
  ],
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
   * Imports the module with these options, or with the defaults.
   *
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
   * Imports the module with options that a provider makes.
   *
   * @param options - `useFactory`, `useClass` or `useExisting`, with `imports` and `inject`
   * @throws GracefulShutdownError `ERR_SHUTDOWN_MISSING_OPTIONS`, at once, if none of them is there
   */
  static override forRootAsync(
    options: Parameters<typeof ConfigurableModuleClass.forRootAsync>[0],
  ): DynamicModule {
    const { useFactory, useClass, useExisting } = options ?? {};
    if (!(useFactory ?? useClass ?? useExisting)) throw missingFactory();
    return super.forRootAsync(options);
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

/** Traffic is watched from the start on only where the grace period depends on it. */
function sequenceOf(
  options: ResolvedOptions,
  traffic: Traffic,
  routes: Routes,
  clock: Clock,
): ShutdownSequence {
  const sequence = new ShutdownSequence(options, clock);
  if (isGraceAdaptive(options)) {
    const evidence = new BalancerEvidence(traffic, routes, clock);
    sequence.gracePeriod = new AdaptiveGracePeriod(evidence, options, clock);
  }
  return sequence;
}

function shutdownOf(
  modules: ModulesContainer,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
  reports: ReportPublisher,
  process: ProcessShutdown,
  clock: Clock,
): ApplicationShutdown {
  const other = owners.get(modules);
  other?.release();
  // One import that is built again: a `TestingModuleBuilder` may be compiled twice.
  if (other !== undefined && importsIn(modules) > 1) throw importedTwice();
  const log = new ShutdownLog(logger, sequence, clock);
  const shutdown = new ApplicationShutdown(
    options,
    sequence,
    modules,
    log,
    reports,
    process,
    clock,
  );
  // The primary speaks for its workers.
  if (thisWorker() === undefined) supervise(shutdown, process, (message) => logger.warn(message));
  owners.set(modules, shutdown);
  return shutdown;
}

function importsIn(modules: ModulesContainer): number {
  const imports = [...modules.values()].filter(
    ({ metatype }) => metatype === GracefulShutdownModule,
  );
  return imports.length;
}

function serviceOf(
  sequence: ShutdownSequence,
  tracker: WorkTracker,
  process: ProcessShutdown,
  reports: ReportPublisher,
  servers: HttpServers,
  modules: ModulesContainer,
): GracefulShutdownService {
  const service = new GracefulShutdownService(sequence, tracker, process, reports, servers, () =>
    handlerClassesOf(modules),
  );
  ownHooks.add(service);
  return service;
}

function diagnosticsOf(
  sequence: ShutdownSequence,
  traffic: Traffic,
  routes: Routes,
  reports: ReportPublisher,
  clock: Clock,
): Diagnostics {
  const diagnostics = new Diagnostics(routes, () => sequence.remainingMs(), clock);
  sequence.observe(diagnostics);
  traffic.observe(diagnostics);
  reports.onReport((report) => diagnostics.reported(report));
  return diagnostics;
}

function applicationShutdownOf(app: INestApplicationContext): ApplicationShutdown {
  try {
    return app.get(ApplicationShutdown, { strict: false });
  } catch (cause) {
    throw notImported('attach(app)', cause);
  }
}

function isSame(a: ResolvedOptions, b: ResolvedOptions): boolean {
  const { signals: signalsA, ...restA } = a;
  const { signals: signalsB, ...restB } = b;
  const keys = Object.keys(restA) as (keyof typeof restA)[];
  return signalsA.join() === signalsB.join() && keys.every((key) => restA[key] === restB[key]);
}
