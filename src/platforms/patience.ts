import { existsSync } from 'node:fs';

import { type Platform, PLATFORMS } from './platforms.js';

/** How long this process has from the signal to its kill. @internal */
export interface Patience {
  readonly seconds: number;
  /** Whether it was said, and is not merely what the platform does by default. */
  readonly isConfigured: boolean;
  /** Undefined where it is not known. */
  readonly platform: Platform | undefined;
}

const INIT_PID = 1;
const DOCKER_FILE = '/.dockerenv';

/**
 * The platform that runs this process, by the variables that it sets; Docker by the file that it
 * puts into its containers, for the process that it signals.
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
 * @returns undefined where nobody knows, and under PM2, which says it itself
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
  const isMain = process.pid === INIT_PID || process.ppid === INIT_PID;
  return isMain && existsSync(DOCKER_FILE);
}

/** A variable that is no such number is somebody else's. */
function wholeSeconds(variable: string | undefined): number | undefined {
  const seconds = Number(variable);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}
