import cluster from 'node:cluster';
import { runMain } from 'node:module';
import { resolve } from 'node:path';

import type { RestartLog } from '../restart/primary/restart-log.js';
import type { RunInvocation } from './arguments.js';

/** Why the application must not get workers here; undefined if it may. @internal */
export function whyNotFork(
  env: NodeJS.ProcessEnv = process.env,
  isWorker: boolean = cluster.isWorker,
): string | undefined {
  if (isWorker) {
    return 'This process is a node:cluster worker (as in the cluster mode of PM2), whose primary starts and replaces it';
  }
  if (env['KUBERNETES_SERVICE_HOST']) {
    return 'This is Kubernetes, which replaces pods (kubectl rollout restart) and expects one process that stops with its pod';
  }
  return undefined;
}

/**
 * Runs the application as `node script args` does, in this process: as the main module, with its
 * own `process.argv`, ES module or CommonJS. `runMain` is what Node itself starts a program with.
 *
 * @internal
 */
export function runInPlace(
  { script, args, given }: RunInvocation,
  why: string,
  log: Pick<RestartLog, 'warn'>,
): void {
  const lost = given.length > 0 ? `; ignored: ${given.join(', ')}` : '';
  log.warn(`${why}. The application runs in this process, without workers${lost}`);
  process.argv.splice(1, process.argv.length - 1, resolve(script), ...args);
  // Outside of our promises, so that Node handles what its main module throws.
  setImmediate(() => runMain(process.argv[1]));
}
