import { readFileSync } from 'node:fs';

import { notRunning, severalServices } from './command.errors.js';
import { runningServices, servicesOf } from './running-services.js';

/** At most one is set. Without any, the service is the only one that this user runs. @internal */
export interface ServiceChoice {
  readonly pid?: number;
  readonly pidFile?: string;
  readonly control?: string;
}

/**
 * @returns the path of the control socket
 * @throws GracefulShutdownError if no service matches, or several do
 * @internal
 */
export async function findService(
  { control, pidFile, pid = pidFile === undefined ? undefined : readPid(pidFile) }: ServiceChoice,
  warn: (message: string) => void,
): Promise<string> {
  if (control !== undefined) return control;
  const running = await runningServices(warn);
  const meant = pid === undefined ? running : running.filter((service) => service.pid === pid);
  if (pid !== undefined && meant.length === 0) meant.push(...(await servicesOf(pid, warn)));
  const [first, second] = meant;
  if (first === undefined)
    throw notRunning(
      whyNone(
        pid,
        running.map((service) => service.pid),
      ),
    );
  if (second !== undefined) throw severalServices(meant.map((service) => service.pid));
  return first.path;
}

function readPid(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw notRunning(`no service: the PID file cannot be read: ${(error as Error).message}`, error);
  }
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw notRunning(`no service: ${file} does not contain a PID`);
}

function whyNone(pid: number | undefined, others: readonly number[]): string {
  const whose = `of user ${process.getuid!()}`;
  const remedy =
    'Find a service that was started with --control by --control; as root, find the service of another user by --pid';
  if (pid === undefined) return `no service ${whose} is running. ${remedy}`;
  const instead = others.length > 0 ? `; running: ${others.join(', ')}` : '';
  return `no service ${whose} is running with the PID ${pid}${instead}. ${remedy}`;
}
