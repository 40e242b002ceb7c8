/** A platform that runs services, and how it ends them. @internal */
export interface Platform {
  /** Its name on the command line. */
  readonly id: string;
  /** Its name in texts. */
  readonly name: string;
  /**
   * Environment variables that it always sets together; empty if it cannot be recognised by
   * variables.
   */
  readonly variables: readonly string[];
  /** How long it waits, from the signal on, before it kills the process. */
  readonly patienceSeconds: number;
  /** The variable that says how long, if it sets one. */
  readonly patienceVariable?: string;
  readonly signal: 'SIGTERM' | 'SIGINT';
  /**
   * Who gets the signal: `first` is the process that the platform started, PID 1 of its container;
   * `all` means all processes of the service.
   */
  readonly reaches: 'first' | 'all';
  /** The setting for the patience; undefined if it is fixed. */
  readonly setting?: string;
  /** The maximum of that setting. */
  readonly mostSeconds?: number;
  /** Whether it takes a service out of rotation before it ends it, whatever the readiness. */
  readonly deregisters: boolean;
  /** The page that documents it. */
  readonly source: string;
}

/** What most platforms do. */
const USUAL = { signal: 'SIGTERM', reaches: 'first', deregisters: true } as const;

type Row = Omit<Platform, keyof typeof USUAL> & Partial<Platform>;

const ROWS: readonly Row[] = [
  {
    id: 'azure-container-apps',
    name: 'Azure Container Apps',
    variables: ['CONTAINER_APP_NAME'],
    patienceSeconds: 30,
    setting: 'terminationGracePeriodSeconds',
    mostSeconds: 600,
    source: 'https://learn.microsoft.com/azure/container-apps/application-lifecycle-management',
  },
  {
    id: 'kubernetes',
    name: 'Kubernetes',
    variables: ['KUBERNETES_SERVICE_HOST'],
    patienceSeconds: 30,
    setting: 'terminationGracePeriodSeconds',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  },
  {
    id: 'ecs',
    name: 'Amazon ECS',
    variables: ['ECS_CONTAINER_METADATA_URI_V4'],
    patienceSeconds: 30,
    setting: 'stopTimeout',
    mostSeconds: 120,
    source:
      'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
  },
  {
    id: 'cloud-run',
    name: 'Cloud Run',
    variables: ['K_SERVICE'],
    patienceSeconds: 10,
    source: 'https://cloud.google.com/run/docs/container-contract#instance-shutdown',
  },
  {
    id: 'app-engine',
    name: 'App Engine',
    variables: ['GAE_ENV'],
    patienceSeconds: 3,
    source: 'https://cloud.google.com/appengine/docs/standard/how-instances-are-managed',
  },
  {
    id: 'app-engine-flexible',
    name: 'App Engine flexible',
    variables: ['GAE_INSTANCE'],
    patienceSeconds: 30,
    source: 'https://cloud.google.com/appengine/docs/flexible/how-instances-are-managed',
  },
  {
    id: 'fly',
    name: 'Fly.io',
    variables: ['FLY_APP_NAME'],
    patienceSeconds: 5,
    signal: 'SIGINT',
    setting: 'kill_timeout',
    // Of machines with shared processors; of dedicated ones a day.
    mostSeconds: 300,
    source: 'https://fly.io/docs/reference/configuration/#runtime-options',
  },
  {
    id: 'heroku',
    name: 'Heroku',
    variables: ['DYNO'],
    patienceSeconds: 30,
    reaches: 'all',
    source: 'https://devcenter.heroku.com/articles/dyno-shutdown-behavior',
  },
  {
    id: 'render',
    name: 'Render',
    variables: ['RENDER'],
    patienceSeconds: 30,
    setting: 'maxShutdownDelaySeconds',
    mostSeconds: 300,
    source: 'https://render.com/docs/deploys#zero-downtime-deploys',
  },
  {
    id: 'railway',
    name: 'Railway',
    variables: ['RAILWAY_ENVIRONMENT_ID'],
    patienceSeconds: 0,
    patienceVariable: 'RAILWAY_DEPLOYMENT_DRAINING_SECONDS',
    setting: 'RAILWAY_DEPLOYMENT_DRAINING_SECONDS',
    source: 'https://docs.railway.com/deployments/deployment-teardown',
  },
  {
    id: 'azure-app-service',
    name: 'Azure App Service',
    variables: ['WEBSITE_SITE_NAME'],
    patienceSeconds: 5,
    patienceVariable: 'WEBSITES_CONTAINER_STOP_TIME_LIMIT',
    setting: 'WEBSITES_CONTAINER_STOP_TIME_LIMIT',
    mostSeconds: 120,
    source: 'https://learn.microsoft.com/azure/app-service/reference-app-settings',
  },
  {
    id: 'nomad',
    name: 'Nomad',
    variables: ['NOMAD_ALLOC_ID'],
    patienceSeconds: 5,
    // Of the driver for Docker, SIGTERM: it stops a container as `docker stop` does.
    signal: 'SIGINT',
    setting: 'kill_timeout',
    source: 'https://developer.hashicorp.com/nomad/docs/job-specification/task#kill_timeout',
  },
  {
    id: 'pm2',
    name: 'PM2',
    variables: ['pm_id', 'PM2_HOME'],
    patienceSeconds: 1.6,
    signal: 'SIGINT',
    reaches: 'all',
    setting: 'kill_timeout',
    deregisters: false,
    source: 'https://pm2.keymetrics.io/docs/usage/signals-clean-restart/',
  },
  {
    id: 'systemd',
    name: 'systemd',
    variables: [],
    patienceSeconds: 90,
    reaches: 'all',
    setting: 'TimeoutStopSec',
    deregisters: false,
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html',
  },
  {
    id: 'compose',
    name: 'Compose',
    variables: [],
    patienceSeconds: 10,
    setting: 'stop_grace_period',
    deregisters: false,
    source: 'https://docs.docker.com/reference/compose-file/services/#stop_grace_period',
  },
  {
    id: 'docker',
    name: 'Docker',
    variables: [],
    patienceSeconds: 10,
    setting: 'docker stop -t, docker run --stop-timeout',
    deregisters: false,
    source: 'https://docs.docker.com/reference/cli/docker/container/stop/',
  },
];

/**
 * How long each platform waits for a process to leave. The first matching row counts, because some
 * platforms run on others.
 *
 * @internal
 */
export const PLATFORMS: readonly Platform[] = ROWS.map((row) => ({ ...USUAL, ...row }));
