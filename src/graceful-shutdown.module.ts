import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Global,
  type INestApplicationContext,
  Inject,
  type Logger,
  Module,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { ADAPTIVE_GRACE, GRACE_PERIOD } from './adaptive-grace/adaptive-grace.providers.js';
import { importedTwice, missingFactory, notImported } from './graceful-shutdown.errors.js';
import {
  type GracefulShutdownOptions,
  RESOLVED_OPTIONS,
  type ResolvedOptions,
  resolveOptions,
} from './graceful-shutdown.options.js';
import { GracefulShutdownService } from './graceful-shutdown.service.js';
import { GracefulShutdownHealthIndicator } from './health/graceful-shutdown.health.js';
import { HEALTH } from './health/health.providers.js';
import { ApplicationShutdown } from './nest/application-shutdown.js';
import { handlerClassesOf } from './nest/handler-classes.js';
import { NEST } from './nest/nest.providers.js';
import { ownHooks } from './nest/own-hooks.js';
import { unwrap } from './nest/unwrap.js';
import { HttpServers } from './connections/http-servers.js';
import { CONNECTIONS } from './connections/connections.providers.js';
import { Traffic } from './connections/traffic.js';
import { PARTICIPANTS } from './participants/index.js';
import { ReportPublisher } from './report/report-publisher.js';
import { LOGGER, REPORT } from './report/report.providers.js';
import { ShutdownLog } from './report/shutdown-log.js';
import { ShutdownRecord } from './report/shutdown-record.js';
import { ROUTES } from './routes/routes.providers.js';
import { thisHost } from './shutdown/host.js';
import type { ProcessShutdown } from './shutdown/process-shutdown.js';
import { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import { supervise } from './supervisors/supervise.js';
import { GracefulShutdownInterceptor } from './handlers/graceful-shutdown.interceptor.js';
import { HANDLERS } from './handlers/handlers.providers.js';
import { WorkTracker } from './handlers/work-tracker.js';
import { provide, provideClass } from './wiring/provide.js';
import { CLOCK, PROCESS, SURROUNDINGS } from './wiring/surroundings.js';
import { token } from './wiring/token.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<GracefulShutdownOptions>({ moduleName: 'GracefulShutdown' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createGracefulShutdownOptions')
    .build();

/** The token of the options as they were given. @internal */
export const GIVEN_OPTIONS = token<unknown>(MODULE_OPTIONS_TOKEN as string);

type AsyncOptions = Parameters<typeof ConfigurableModuleClass.forRootAsync>[0];

const HOST = token<true>('nestjs-drain:host');

const providers: readonly Provider[] = [
  // Where the class itself is imported. forRoot() and forRootAsync() put theirs in its place.
  provide(GIVEN_OPTIONS, [], () => ({})),
  provide(RESOLVED_OPTIONS, [GIVEN_OPTIONS], resolveOptions),
  ...SURROUNDINGS,
  ...CONNECTIONS,
  ...NEST,
  ...ROUTES,
  ...ADAPTIVE_GRACE,
  provideClass(ShutdownSequence, [RESOLVED_OPTIONS, CLOCK, GRACE_PERIOD]),
  ...REPORT,
  provide(
    ApplicationShutdown,
    [
      RESOLVED_OPTIONS,
      ShutdownSequence,
      ModulesContainer,
      ShutdownLog,
      ReportPublisher,
      PROCESS,
      CLOCK,
    ],
    shutdownOf,
  ),
  provide(HOST, [ApplicationShutdown, HttpServers, PROCESS, LOGGER], joinHost),
  ...HANDLERS,
  ...PARTICIPANTS,
  provide(
    GracefulShutdownService,
    [ShutdownSequence, WorkTracker, PROCESS, ReportPublisher, HttpServers, ModulesContainer],
    serviceOf,
  ),
  ...HEALTH,
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
  providers: [...providers],
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
   * Imports the module with options that a provider makes. The same function or class with the same
   * `inject` and `imports`, named in several modules, is one import.
   *
   * @param options - `useFactory`, `useClass` or `useExisting`, with `imports` and `inject`
   * @throws GracefulShutdownError `ERR_SHUTDOWN_MISSING_OPTIONS`, at once, if none of them is there
   */
  static override forRootAsync(
    options: Parameters<typeof ConfigurableModuleClass.forRootAsync>[0],
  ): DynamicModule {
    const { useFactory, useClass, useExisting } = options ?? {};
    const source = useFactory ?? useClass ?? useExisting;
    if (!source) throw missingFactory();
    // As in forRoot().
    const known = asyncModules.get(source)?.find((one) => isSameSource(one.options, options));
    if (known !== undefined) return known.module;
    const module = super.forRootAsync(options);
    asyncModules.set(source, [...(asyncModules.get(source) ?? []), { options, module }]);
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
const asyncModules = new WeakMap<object, { options: AsyncOptions; module: DynamicModule }[]>();
const owners = new WeakMap<ModulesContainer, ApplicationShutdown>();

function shutdownOf(
  ...[options, sequence, modules, ...others]: ConstructorParameters<typeof ApplicationShutdown>
): ApplicationShutdown {
  const other = owners.get(modules);
  other?.release();
  // One import that is built again: a `TestingModuleBuilder` may be compiled twice.
  if (other !== undefined && importsIn(modules) > 1) throw importedTwice();
  const shutdown = new ApplicationShutdown(options, sequence, modules, ...others);
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

/** Whoever runs this process learns of the application. A primary speaks for its workers. */
function joinHost(
  application: ApplicationShutdown,
  servers: HttpServers,
  process: ProcessShutdown,
  logger: Logger,
): true {
  const host = thisHost();
  if (host !== undefined) host.join(application, servers);
  else supervise(application, process, (message) => logger.warn(message));
  return true;
}

function applicationShutdownOf(app: INestApplicationContext): ApplicationShutdown {
  try {
    return app.get(ApplicationShutdown, { strict: false });
  } catch (cause) {
    throw notImported('attach(app)', cause);
  }
}

function isSameSource(a: AsyncOptions, b: AsyncOptions): boolean {
  const partsOf = (options: AsyncOptions): unknown[] => [
    options.useFactory,
    options.useClass,
    options.useExisting,
    ...(options.inject ?? []),
    ...(options.imports ?? []),
  ];
  const [one, other] = [partsOf(a), partsOf(b)];
  return one.length === other.length && one.every((part, i) => part === other[i]);
}

function isSame(a: ResolvedOptions, b: ResolvedOptions): boolean {
  const { signals: signalsA, ...restA } = a;
  const { signals: signalsB, ...restB } = b;
  const keys = Object.keys(restA) as (keyof typeof restA)[];
  return signalsA.join() === signalsB.join() && keys.every((key) => restA[key] === restB[key]);
}
