import type { Logger } from '@nestjs/common';

import { HttpServers } from '../connections/http-servers.js';
import { ApplicationShutdown } from '../nest/application-shutdown.js';
import { LOGGER } from '../report/report.providers.js';
import { thisHost } from '../shutdown/host.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { provide } from '../wiring/provide.js';
import { PROCESS } from '../wiring/surroundings.js';
import { token } from '../wiring/token.js';
import { supervise } from './supervise.js';

const HOST = token<true>('nestjs-drain:host');

/** @internal */
export const SUPERVISORS = [
  provide(HOST, [ApplicationShutdown, HttpServers, PROCESS, LOGGER], joinHost),
];

/** Reports the application to the supervisor of this process. A primary speaks for its workers. */
function joinHost(
  application: ApplicationShutdown,
  servers: HttpServers,
  process: ProcessShutdown,
  logger: Logger,
): true {
  const host = thisHost();
  if (host !== undefined) host.join(application, servers);
  else supervise(application, process, (message) => logger.warn(message));
  return true;
}
