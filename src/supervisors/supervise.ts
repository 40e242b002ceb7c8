import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { ClusterWorker } from './cluster-worker.js';
import { InheritedSockets } from './inherited-sockets.js';
import { Pm2 } from './pm2.js';
import { SocketActivation } from './socket-activation.js';
import type { Supervisor } from './supervisor.js';
import { type SupervisedApplication, Supervisors } from './supervisors.js';
import { SystemdNotifier } from './systemd-notifier.js';

const KEY = Symbol.for('nestjs-drain.supervisors.v1');
/** Global, so that two copies of this package do not report everything twice. */
const registry = globalThis as { [KEY]?: Supervisors };

/**
 * Connects an application with the supervisor of its process: systemd, PM2, a cluster. Not for a
 * worker of our own primary, which speaks for it.
 *
 * @throws GracefulShutdownError `ERR_SUPERVISOR_INVALID_LISTEN_VARIABLE`
 * @internal
 */
export function supervise(
  application: SupervisedApplication,
  applications: ProcessShutdown,
  warn: (message: string) => void,
): void {
  // Once all applications of a test are closed, the next one starts afresh.
  if (registry[KEY]?.isDone !== false) {
    registry[KEY] = new Supervisors(supervisorsOf(process.env, applications, warn));
  }
  registry[KEY].follow(application);
}

function supervisorsOf(
  env: NodeJS.ProcessEnv,
  applications: ProcessShutdown,
  warn: (message: string) => void,
): Supervisor[] {
  const sockets = InheritedSockets.fromEnvironment(env);
  const supervisors = [
    sockets === undefined ? undefined : new SocketActivation(sockets, warn),
    SystemdNotifier.fromEnvironment(env, warn),
    Pm2.fromEnvironment(env, applications, warn),
    ClusterWorker.ofThisProcess(applications),
  ];
  return supervisors.filter((supervisor) => supervisor !== undefined);
}
