import cluster from 'node:cluster';
import { runMain } from 'node:module';
import { resolve } from 'node:path';

import type { RestartLog } from '../restart/primary/restart-log.js';
import type { RunInvocation } from './arguments.js';

/** Why no workers may be started here; undefined if they may. @internal */
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
 * Runs the application in this process as `node script args` would: as the main module, ES module
 * or CommonJS, with its own `process.argv`. Node itself starts programs with `runMain`.
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
  // Outside our promise chain, so that Node handles what the main module throws.
  setImmediate(() => runMain(process.argv[1]));
}
