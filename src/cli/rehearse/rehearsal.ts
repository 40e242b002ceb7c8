import { setTimeout as sleep } from 'node:timers/promises';

import type { Platform } from '../../platforms/platforms.js';
import type { ShutdownReport } from '../../report/shutdown-report.js';
import { REHEARSAL_VARIABLES, type RehearsedApplication } from '../../shutdown/rehearsal.js';
import { parseReport } from '../picture/parse-report.js';
import { Balancer } from './balancer.js';
import { clientPaths, KnownApplication, readinessPath } from './known-application.js';
import { notStarted } from './rehearse.errors.js';
import { findEndpoint, type FoundEndpoint } from './service/find-endpoint.js';
import { type ServiceExit, ServiceProcess, type StartCommand } from './service/service-process.js';
import { type KindCounts, type LostRequest, type Pending, Tally } from './tally.js';
import { findTargets, type TargetChoice } from './targets.js';
import { type LoadOptions, runTraffic } from './traffic.js';

/** @internal */
export interface RehearsalOptions extends LoadOptions {
  readonly command: StartCommand;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: Platform;
  readonly patienceMs: number;
  readonly lagMs: number;
  readonly port?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** By default, the application's own. */
  readonly readyPath?: string | undefined;
  /** Without paths, the application's own are used. */
  readonly targets: Omit<TargetChoice, 'paths'> & { readonly paths?: readonly string[] };
  /** Whether the module is disabled. */
  readonly isPlain?: boolean;
  /** How long the load runs before the signal. */
  readonly loadMs: number;
  readonly startTimeoutMs: number;
}

/** What happened in one rehearsal; times count from the signal. @internal */
export interface Rehearsal {
  readonly port: number;
  /** The paths that clients requested, including event streams. */
  readonly paths: readonly string[];
  readonly readyPath: string | undefined;
  /** Whether the module was disabled. */
  readonly isPlain: boolean;
  /** What the module knows of the application; undefined without the module. */
  readonly application: RehearsedApplication | undefined;
  readonly before: readonly KindCounts[];
  readonly after: readonly KindCounts[];
  readonly lostRequests: readonly LostRequest[];
  /** How the first process exited. */
  readonly exit: ServiceExit;
  /** From the signal to the exit of the service, or to SIGKILL. */
  readonly goneAfterMs: number;
  readonly wasKilled: boolean;
  /** What was in flight when it was killed. */
  readonly underWayAtKill: readonly Pending[];
  /** Processes that still listened after the first process had exited. */
  readonly orphans: readonly string[];
  /** When the readiness check was first seen red. */
  readonly redAfterMs: number | undefined;
  /** When the balancer stopped sending. */
  readonly outAfterMs: number | undefined;
  /** The module's report, if there is one. */
  readonly report: ShutdownReport | undefined;
  readonly output: string;
}

/** Work that has been in flight for so long at the time limit may hold the process. */
const HELD_FOR_MS = 1000;
const LOOK_EVERY_MS = 50;
/** How long other processes may outlive the first one before they count as orphans. */
const ORPHANED_AFTER_MS = 300;

/**
 * Starts the service, puts load on it, stops it as the platform does, and watches.
 *
 * @param tell - reports progress
 * @throws GracefulShutdownError if the service does not start, or answers with errors only
 * @internal
 */
export async function rehearseOnce(
  options: RehearsalOptions,
  tell: (step: string) => void,
  interrupt: AbortSignal,
): Promise<Rehearsal> {
  const known = new KnownApplication();
  const plain = options.isPlain ? { [REHEARSAL_VARIABLES.plain]: '1' } : {};
  const env = { ...options.env, ...known.env, ...plain };
  const service = new ServiceProcess(options.command, env);
  const stop = () => service.kill();
  interrupt.addEventListener('abort', stop, { once: true });
  try {
    tell(`starting ${options.command.text}`);
    const [path = '/'] = options.targets.paths ?? [];
    const { headers, port, readyPath, startTimeoutMs: timeoutMs } = options;
    const choice = { headers, port, readyPath, path, timeoutMs };
    const found = await findEndpoint(service, choice);
    return await underLoad(service, found, known.read(), options, tell);
  } finally {
    await service.end();
    known.remove();
    interrupt.removeEventListener('abort', stop);
  }
}

async function underLoad(
  service: ServiceProcess,
  found: FoundEndpoint,
  application: RehearsedApplication | undefined,
  options: RehearsalOptions,
  tell: (step: string) => void,
): Promise<Rehearsal> {
  const { endpoint } = found;
  const { platform, lagMs, loadMs } = options;
  const readyPath = options.readyPath ?? (application && readinessPath(application));
  const choice = choiceOf(options, application);
  const targets = await findTargets(endpoint, choice);
  const tally = new Tally();
  const balancer = new Balancer(endpoint, { lagMs, readyPath, deregisters: platform.deregisters });
  tell(`port ${endpoint.port}: ${options.clients} clients, for ${loadMs / 1000} s`);
  const traffic = runTraffic(targets, options, { endpoint, balancer, tally });
  await Promise.race([sleep(loadMs), service.exited]);
  if (service.exit !== undefined) {
    balancer.stop();
    await traffic;
    throw notStarted('it exited under load, before the signal', service.outputTail);
  }
  tell(`${platform.signal} as from ${platform.name}, which waits ${options.patienceMs / 1000} s`);
  tally.signalled();
  balancer.signalled();
  service.signal(platform.signal, platform.reaches);
  const end = await untilGone(service, found, options, tally);
  balancer.gone();
  await traffic;
  // Its last output may still be in the pipe.
  await service.end();
  const { output } = service;
  return {
    port: endpoint.port,
    paths: [...targets.gets, ...targets.unanswered, ...targets.eventStreams].map(
      ({ path }) => path,
    ),
    readyPath,
    isPlain: options.isPlain === true,
    application,
    before: tally.before(),
    after: tally.after(),
    lostRequests: tally.lostRequests,
    exit: await service.exited,
    ...end,
    redAfterMs: balancer.redAfterMs,
    outAfterMs: balancer.outAfterMs,
    report: reportIn(output),
    output,
  };
}

function choiceOf(
  { targets }: RehearsalOptions,
  application: RehearsedApplication | undefined,
): TargetChoice {
  if (targets.paths !== undefined) return { ...targets, paths: targets.paths };
  const paths = application === undefined ? [] : clientPaths(application);
  return paths.length === 0 ? { ...targets, paths: ['/'] } : { ...targets, paths, areFound: true };
}

type End = Pick<Rehearsal, 'goneAfterMs' | 'wasKilled' | 'underWayAtKill' | 'orphans'>;

/** Kills what is left when the first process of a container exits, or at the time limit. */
async function untilGone(
  service: ServiceProcess,
  { pid }: FoundEndpoint,
  { platform, patienceMs }: RehearsalOptions,
  tally: Tally,
): Promise<End> {
  const isContainer = platform.reaches === 'first';
  while (tally.sinceSignalMs < patienceMs) {
    await Promise.race([service.exited, sleep(LOOK_EVERY_MS)]);
    const isOver = isContainer ? service.exit !== undefined : service.processes().length === 0;
    if (isOver)
      return { ...(await orphaned(service, pid, tally)), wasKilled: false, underWayAtKill: [] };
    await sleep(LOOK_EVERY_MS);
  }
  const underWayAtKill = tally.underWay(HELD_FOR_MS);
  const goneAfterMs = Math.round(tally.sinceSignalMs);
  service.kill();
  return { goneAfterMs, wasKilled: true, underWayAtKill, orphans: [] };
}

async function orphaned(
  service: ServiceProcess,
  pid: number | undefined,
  tally: Tally,
): Promise<Pick<End, 'goneAfterMs' | 'orphans'>> {
  const goneAfterMs = Math.round(tally.sinceSignalMs);
  const isListening = () => pid !== undefined && pid !== service.pid && service.isRunning(pid);
  if (isListening()) await sleep(ORPHANED_AFTER_MS);
  const orphans = isListening() ? [service.describe(pid!)] : [];
  service.kill();
  return { goneAfterMs, orphans };
}

function reportIn(output: string): ShutdownReport | undefined {
  try {
    return parseReport(output, 'the output');
  } catch {
    return undefined;
  }
}
