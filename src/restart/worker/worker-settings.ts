import { WORKER_VARIABLE, type WorkerSettings } from '../protocol.js';

/** The part of `process` that is used here. @internal */
export interface ProcessFacts {
  readonly env: NodeJS.ProcessEnv;
  readonly ppid: number;
  readonly send?: unknown;
  kill(pid: number, signal: 0): unknown;
}

/**
 * The settings from the primary; undefined if this is no worker. Removes the variable from the
 * environment, so that no child of the worker is mistaken for one.
 *
 * @internal
 */
export function takeWorkerSettings(facts: ProcessFacts = process): WorkerSettings | undefined {
  const json = facts.env[WORKER_VARIABLE];
  if (json === undefined) return undefined;
  delete facts.env[WORKER_VARIABLE];
  const settings = parse(json);
  if (settings === undefined || facts.send === undefined) return undefined;
  // Its primary may have died meanwhile. It is still a worker, and has to leave.
  const isChild = facts.ppid === settings.primaryPid || !isAlive(settings.primaryPid, facts);
  return isChild ? settings : undefined;
}

function parse(json: string): WorkerSettings | undefined {
  try {
    const settings = JSON.parse(json) as WorkerSettings | null;
    return Number.isSafeInteger(settings?.primaryPid) ? settings! : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number, facts: ProcessFacts): boolean {
  try {
    facts.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
