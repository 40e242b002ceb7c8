// Its README, "Example": the module, and `setupGracefulShutdown({ app })` before `listen()`.
import tygra from '@tygra/nestjs-graceful-shutdown';

import { versionOf } from './version-of.mjs';

export const name = '@tygra/nestjs-graceful-shutdown';
export const version = versionOf(name);
export const grace = 'none';

export function imports({ drainTimeoutMs }) {
  return [tygra.GracefulShutdownModule.forRoot({ gracefulShutdownTimeout: drainTimeoutMs })];
}

export function wire({ app }) {
  tygra.setupGracefulShutdown({ app });
}
