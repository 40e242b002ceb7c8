import { existsSync } from 'node:fs';

import { isMainProcess } from './main-process.js';
import { type Platform, PLATFORMS } from './platforms.js';

/** The time from the signal to the kill of this process. @internal */
export interface Patience {
  readonly seconds: number;
  /** Whether it was configured, and is not just the platform's default. */
  readonly isConfigured: boolean;
  /** Undefined if unknown. */
  readonly platform: Platform | undefined;
}

const DOCKER_FILE = '/.dockerenv';

/**
 * The platform of this process, recognised by its variables; Docker by the file in its containers,
 * and only for the process that Docker signals.
 *
 * @internal
 */
export function platformHere(
  env: NodeJS.ProcessEnv = process.env,
  isDocker: () => boolean = isMainProcessOfDocker,
): Platform | undefined {
  const found = PLATFORMS.find(
    ({ variables }) => variables.length > 0 && variables.every((name) => Boolean(env[name])),
  );
  if (found !== undefined) return found;
  // With NOTIFY_SOCKET the module prolongs the time by itself.
  const isUnit = env['SYSTEMD_EXEC_PID'] === String(process.pid) && !env['NOTIFY_SOCKET'];
  if (isUnit) return platformNamed('systemd');
  return isDocker() ? platformNamed('docker') : undefined;
}

/**
 * @param configured - the option `platformTimeoutSeconds`
 * @returns undefined if unknown, and under PM2, which has a supervisor of its own
 * @internal
 */
export function patienceHere(
  configured: number | undefined,
  env: NodeJS.ProcessEnv = process.env,
  platform = platformHere(env),
): Patience | undefined {
  const given =
    configured ??
    wholeSeconds(env['PLATFORM_TIMEOUT_SECONDS']) ??
    wholeSeconds(env['TERMINATION_GRACE_PERIOD_SECONDS']) ??
    (platform?.patienceVariable && wholeSeconds(env[platform.patienceVariable]));
  if (typeof given === 'number') return { seconds: given, isConfigured: true, platform };
  if (platform === undefined || platform.id === 'pm2') return undefined;
  return { seconds: platform.patienceSeconds, isConfigured: false, platform };
}

function platformNamed(id: string): Platform | undefined {
  return PLATFORMS.find((platform) => platform.id === id);
}

function isMainProcessOfDocker(): boolean {
  return existsSync(DOCKER_FILE) && isMainProcess();
}

/** A variable with another value belongs to other software. */
function wholeSeconds(variable: string | undefined): number | undefined {
  const seconds = Number(variable);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}
