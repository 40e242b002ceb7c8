import { WORKER_VARIABLE, type WorkerSettings } from '../protocol.js';

/** What is asked of `process`. @internal */
export interface ProcessFacts {
  readonly env: NodeJS.ProcessEnv;
  readonly ppid: number;
  readonly send?: unknown;
  kill(pid: number, signal: 0): unknown;
}

/**
 * What the primary has told this process at its start; undefined where it is no worker. Takes the
 * variable out of the environment, so that no child of the worker is mistaken for one.
 *
 * @internal
 */
export function takeWorkerSettings(facts: ProcessFacts = process): WorkerSettings | undefined {
  const json = facts.env[WORKER_VARIABLE];
  if (json === undefined) return undefined;
  delete facts.env[WORKER_VARIABLE];
  const settings = parse(json);
  if (settings === undefined || facts.send === undefined) return undefined;
  // Its primary may have died in the meantime: still a worker, that has to leave.
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
