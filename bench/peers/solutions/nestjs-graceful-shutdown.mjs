// Its README, "Example": the module, and `setupGracefulShutdown({ app })` before `listen()`.
import { GracefulShutdownModule, setupGracefulShutdown } from 'nestjs-graceful-shutdown';

import { versionOf } from './version-of.mjs';

export const name = 'nestjs-graceful-shutdown';
export const version = versionOf('nestjs-graceful-shutdown');
export const grace = 'none';

export function imports({ drainTimeoutMs }) {
  return [GracefulShutdownModule.forRoot({ gracefulShutdownTimeout: drainTimeoutMs })];
}

export function wire({ app }) {
  setupGracefulShutdown({ app });
}
