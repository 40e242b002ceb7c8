import type { HandlerRow } from './handlers/handler-row.js';

/**
 * The options of `GracefulShutdownModule.forRoot()`. Durations are in milliseconds.
 * `gracePeriodMs`, `drainTimeoutMs` and `closeTimeoutMs` added up are the budget: the process is
 * gone by then, whatever the application does.
 *
 * @publicApi
 */
export interface GracefulShutdownOptions {
  /**
   * The signals that begin the shutdown. `SIGKILL` and `SIGSTOP` cannot be caught. With `[]`, only
   * `shutdown()` and `close()` begin it.
   *
   * @defaultValue `['SIGTERM', 'SIGINT']`
   */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /**
   * The grace period, in ms: how long everything is still served after the signal, so that the
   * balancer notices. Make it longer than the balancer needs to notice a failed readiness check.
   *
   * @defaultValue 5000 in Kubernetes (when `KUBERNETES_SERVICE_HOST` is set), else 0
   */
  readonly gracePeriodMs?: number | undefined;
  /**
   * The shortest grace period, in ms. If it is less than `gracePeriodMs`, the grace period ends
   * early once everybody who probes readiness was told 503 three times, and either nothing but
   * probes ever came, or every sender of connections has been silent for longer than chance
   * explains. No effect if `gracePeriodMs` is 0.
   *
   * @defaultValue `gracePeriodMs`: it never ends early
   */
  readonly minGracePeriodMs?: number | undefined;
  /**
   * The longest grace period, in ms. If it is more than `gracePeriodMs`, the grace period goes on
   * while new connections still come, and the drain gets that much less time. At most
   * `gracePeriodMs` and `drainTimeoutMs` together. No effect if `gracePeriodMs` is 0.
   *
   * @defaultValue `gracePeriodMs`: it is never extended
   */
  readonly maxGracePeriodMs?: number | undefined;
  /**
   * The time for work in flight to finish, in ms. Its last second (or fifth, if that is less) is
   * for work that reacts to the deadline signal before it is cut.
   *
   * @defaultValue 20000
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * The minimum time for the teardown, in ms: `onModuleDestroy` and the hooks after it. Time that
   * the drain does not use is added.
   *
   * @defaultValue 4000
   */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * The time that a kept-alive connection stays open after its last response, in ms. A client that
   * is about to use it again gets an answer, with `Connection: close`, instead of a reset.
   *
   * @defaultValue 1000
   */
  readonly idleLingerMs?: number | undefined;
  /**
   * When consumers of queues and brokers stop taking work: `'at-signal'`, because another instance
   * takes what comes from then on; `'after-requests'`, when the other work in flight has ended, or
   * at the deadline; or `'auto'`. That is after the requests for a consumer on which the application
   * itself waits: it has a client of the same queue, or listens to the queue's events. It is at the
   * signal for the others.
   *
   * @defaultValue `'auto'`
   */
  readonly stopConsumers?: 'auto' | 'at-signal' | 'after-requests' | undefined;
  /**
   * Whether an uncaught exception or unhandled rejection runs the shutdown, without a grace period,
   * and exits with 1. If not, Node ends the process at once.
   *
   * @defaultValue false
   */
  readonly drainOnCrash?: boolean | undefined;
  /**
   * The close code of websockets: 1000, 1001, 1012, 1013, or 3000 to 4999. The default means
   * "service restart", after which clients reconnect.
   *
   * @defaultValue 1012
   */
  readonly websocketCloseCode?: number | undefined;
  /**
   * The file that gets the report of each shutdown, as JSON. `{pid}` in its name becomes the
   * process id. A regular file is replaced in one step; a device, a pipe or `/dev/stderr` is
   * written to.
   *
   * @defaultValue none
   */
  readonly reportFile?: string | undefined;
  /**
   * How much of the report is logged: `'none'`, `'compact'` (everything but the samples of the
   * load) or `'full'`. The line `Closed in ...` and the advice are logged in any case.
   *
   * @defaultValue `'none'` where standard output is a terminal, else `'compact'`
   */
  readonly reportLog?: 'none' | 'compact' | 'full' | undefined;
  /**
   * The path of Kubernetes' `terminationMessagePath`. If the file exists, at most 4,096 bytes of
   * the report are written to it, and `kubectl describe pod` shows them.
   *
   * @defaultValue `/dev/termination-log` in Kubernetes (when `KUBERNETES_SERVICE_HOST` is set), else none
   */
  readonly terminationLog?: string | undefined;
  /**
   * Whether a report may contain the addresses of clients that connected late, at most ten.
   *
   * @defaultValue false
   */
  readonly reportClients?: boolean | undefined;
  /**
   * The identity of the service in its reports. The default comes from the environment:
   * `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `POD_NAME`, `npm_package_name` and
   * `npm_package_version`.
   *
   * @defaultValue from those variables and the name of the machine
   */
  readonly service?: ServiceIdentity | undefined;
  /**
   * The time that the platform waits after the signal before it kills the process, in seconds. Set
   * it if you have changed it on the platform (`terminationGracePeriodSeconds` of Kubernetes,
   * `stop_grace_period` of Compose, `stopTimeout` of ECS, `kill_timeout` of Fly.io). The default
   * times fit into it; your own times are checked against it, with a warning at the start.
   *
   * @defaultValue the environment variable `PLATFORM_TIMEOUT_SECONDS`, else
   * `TERMINATION_GRACE_PERIOD_SECONDS`, else what the platform does by default
   */
  readonly platformTimeoutSeconds?: number | undefined;
  /**
   * The older name of `platformTimeoutSeconds`, which wins if both are set.
   *
   * @defaultValue none
   */
  readonly terminationGracePeriodSeconds?: number | undefined;
  /**
   * Health probes on a port of their own, or a readiness file. For workers, schedulers and
   * microservices without HTTP, or beside a main port that may be saturated.
   *
   * @defaultValue none
   */
  readonly probes?: ProbeOptions | undefined;
  /**
   * Decorators, yours or a library's, whose handlers are called without being awaited. The drain
   * waits for each handler that runs. The decorators of Nest's own libraries are built in.
   *
   * @defaultValue none
   */
  readonly trackHandlers?: readonly HandlerRow[] | undefined;
  /**
   * The source of random numbers in [0, 1), which spreads the announcements over the grace period.
   * Seed it in tests.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
}

/**
 * The options for health probes that do not use the application's own HTTP server.
 *
 * @example
 * ```ts
 * GracefulShutdownModule.forRoot({ probes: { port: 9000, file: '/tmp/ready' } });
 * ```
 *
 * @publicApi
 */
export interface ProbeOptions {
  /**
   * The port of a small server. `/live` says 200 as long as the event loop turns, `/startup` once
   * the application has started, `/ready` from then on until the shutdown begins; else they say 503.
   * It answers until the process is gone, and never holds it.
   *
   * @defaultValue none
   */
  readonly port?: number | undefined;
  /**
   * The address that the server listens on.
   *
   * @defaultValue all addresses of the machine
   */
  readonly host?: string | undefined;
  /**
   * A file that exists while the application is ready, for `exec` probes: `test -f /tmp/ready`. It
   * is removed the moment a shutdown begins.
   *
   * @defaultValue none
   */
  readonly file?: string | undefined;
  /**
   * Whether each gRPC microservice answers the standard health service, `grpc.health.v1`, on its
   * own port: Kubernetes' `grpc` probes, and clients that watch it. The empty name and the names of
   * its services say whether the application is ready; `live`, `ready` and `startup` what the paths
   * of those names say. Needs Nest 11.1.4.
   *
   * @defaultValue `false`
   */
  readonly grpc?: boolean | undefined;
}

/**
 * The identity of a service, for its reports.
 *
 * @example
 * ```ts
 * GracefulShutdownModule.forRoot({ service: { name: 'orders', version: '1.4.2' } });
 * ```
 *
 * @publicApi
 */
export interface ServiceIdentity {
  /**
   * The name of the service.
   *
   * @defaultValue `OTEL_SERVICE_NAME`, `service.name` of OpenTelemetry, or `npm_package_name`
   */
  readonly name?: string | undefined;
  /**
   * The version that is deployed.
   *
   * @defaultValue `service.version` of OpenTelemetry, or `npm_package_version`
   */
  readonly version?: string | undefined;
  /**
   * The name of this instance of the service, such as the pod.
   *
   * @defaultValue `service.instance.id` or `k8s.pod.name` of OpenTelemetry, `POD_NAME`, `HOSTNAME`,
   * or the name of the machine
   */
  readonly instance?: string | undefined;
}
