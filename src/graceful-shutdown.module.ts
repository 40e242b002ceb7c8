import {
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  type FactoryProvider,
  Global,
  type INestApplicationContext,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';

import { ADAPTIVE_GRACE, GRACE_PERIOD } from './adaptive-grace/adaptive-grace.providers.js';
import { CONNECTIONS } from './connections/connections.providers.js';
import { HttpServers } from './connections/http-servers.js';
import { missingFactory, notImported } from './graceful-shutdown.errors.js';
import type { GracefulShutdownOptions } from './graceful-shutdown.options.js';
import { GracefulShutdownService } from './graceful-shutdown.service.js';
import { GracefulShutdownInterceptor } from './handlers/graceful-shutdown.interceptor.js';
import { HANDLERS, INTERCEPTOR } from './handlers/handlers.providers.js';
import { WorkTracker } from './handlers/work-tracker.js';
import { GracefulShutdownHealthIndicator } from './health/graceful-shutdown.health.js';
import { HEALTH } from './health/health.providers.js';
import { ApplicationShutdown } from './nest/application-shutdown.js';
import { handlerClassesOf } from './nest/controllers.js';
import { NEST } from './nest/nest.providers.js';
import { ownHooks } from './nest/teardown-hooks.js';
import { unwrap } from './nest/unwrap.js';
import {
  GIVEN_BY_SOURCE,
  GIVEN_OPTIONS,
  GracefulShutdownOptionsModule,
} from './options/graceful-shutdown-options.module.js';
import { RESOLVED_OPTIONS, resolveOptions } from './options/resolve-options.js';
import { PARTICIPANTS } from './participants/index.js';
import { ReportPublisher } from './report/report-publisher.js';
import { REPORT } from './report/report.providers.js';
import { Routes } from './routes/routes.js';
import { ROUTES } from './routes/routes.providers.js';
import type { ProcessShutdown } from './shutdown/process-shutdown.js';
import { tellRehearsal } from './shutdown/rehearsal.js';
import { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import { SUPERVISORS } from './supervisors/supervisors.providers.js';
import { Parts, partsOf } from './wiring/parts.js';
import { provide, provideClass } from './wiring/provide.js';
import { CLOCK, PROCESS, SURROUNDINGS } from './wiring/surroundings.js';

const parts: readonly FactoryProvider[] = [
  ...REPORT,
  ...CONNECTIONS,
  ...ROUTES,
  ...ADAPTIVE_GRACE,
  provideClass(ShutdownSequence, [RESOLVED_OPTIONS, CLOCK, GRACE_PERIOD]),
  ...NEST,
  ...SUPERVISORS,
  ...HANDLERS,
  ...PARTICIPANTS,
  provide(
    GracefulShutdownService,
    [ShutdownSequence, WorkTracker, PROCESS, ReportPublisher, HttpServers, ModulesContainer],
    serviceOf,
  ),
  ...HEALTH,
];

const providers: readonly Provider[] = [
  GIVEN_BY_SOURCE,
  provide(RESOLVED_OPTIONS, [GIVEN_OPTIONS], resolveOptions),
  ...SURROUNDINGS,
  ...partsOf(parts, [GracefulShutdownService]),
  INTERCEPTOR,
  { provide: APP_INTERCEPTOR, useExisting: GracefulShutdownInterceptor },
  GracefulShutdownHealthIndicator,
];

/**
 * The module that shuts an application down gracefully. Import it in the root module; `main.ts`
 * needs no change. It handles the signals itself, and drains before any `onModuleDestroy`.
 *
 * `imports: [GracefulShutdownModule]` uses the defaults, `forRoot()` takes options,
 * `forRootAsync()` takes them from a provider.
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
  providers: [...providers],
  exports: [
    GracefulShutdownService,
    GracefulShutdownHealthIndicator,
    GracefulShutdownInterceptor,
    GIVEN_OPTIONS,
    // For the other entries, and for interceptors that an application binds in its own modules.
    Parts,
  ],
})
export class GracefulShutdownModule implements OnApplicationBootstrap {
  readonly #application: ApplicationShutdown;
  readonly #routes: Routes;

  /** @internal */
  constructor(@Inject(Parts) made: Parts) {
    this.#application = made.get(ApplicationShutdown);
    this.#routes = made.get(Routes);
  }

  /**
   * Imports the module with these options, or with the defaults. Several modules of an application
   * may import it with the same options.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_INVALID_OPTIONS`, at once, that names each wrong
   * option, its value and what is allowed; `ERR_SHUTDOWN_IMPORTED_TWICE` at the start of an
   * application that imports it with different options
   */
  static forRoot(options: GracefulShutdownOptions = {}): DynamicModule {
    resolveOptions(options);
    return withOptionsOf(GracefulShutdownOptionsModule.forRoot(options));
  }

  /**
   * Imports the module with options that a provider makes. Several modules of an application may
   * import it, with providers that make the same options.
   *
   * @param options - `useFactory`, `useClass` or `useExisting`, with `imports` and `inject`
   * @throws GracefulShutdownError `ERR_SHUTDOWN_MISSING_OPTIONS`, at once, if none of the three is
   * given
   */
  static forRootAsync(
    options: ConfigurableModuleAsyncOptions<
      GracefulShutdownOptions,
      'createGracefulShutdownOptions'
    >,
  ): DynamicModule {
    const { useFactory, useClass, useExisting } = options ?? {};
    if (!(useFactory ?? useClass ?? useExisting)) throw missingFactory();
    return withOptionsOf(GracefulShutdownOptionsModule.forRootAsync(options));
  }

  /**
   * Makes the shutdown of this application drain before its teardown. Call it right after
   * `NestFactory.create()`, only if a warning at the start says so; otherwise it does nothing.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_IMPORTED`
   */
  static attach(app: INestApplicationContext): void {
    applicationShutdownOf(app).adopt(unwrap(app));
  }

  /** Called by Nest; not for your own use. Logs the signals and times. */
  onApplicationBootstrap(): void {
    this.#application.bootstrapped();
    const { budget } = this.#application.sequence;
    const paths = () => this.#routes.plainGetPaths();
    tellRehearsal(() => ({ pid: process.pid, budget, paths: paths() }));
  }
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

function applicationShutdownOf(app: INestApplicationContext): ApplicationShutdown {
  try {
    return app.get(Parts, { strict: false }).get(ApplicationShutdown);
  } catch (cause) {
    throw notImported('attach(app)', { cause });
  }
}

function withOptionsOf(source: DynamicModule): DynamicModule {
  return { ...source, imports: [...(source.imports ?? []), GracefulShutdownModule] };
}
