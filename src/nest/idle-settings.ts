import type { ModulesContainer } from '@nestjs/core';

import type { NestInstance } from './application-sighting.js';
import { builtProviders } from './built-providers.js';
import { terminusTimeoutMs } from './terminus.js';

interface FastifyLike {
  readonly initialConfig?: Readonly<Record<string, unknown>>;
}

interface WithHttpAdapter {
  getHttpAdapter?(): { getInstance?(): FastifyLike } | undefined;
}

const SETTINGS = ['forceCloseConnections', 'return503OnClosing'] as const;

/**
 * The settings of the application that cut or refuse requests while Nest closes, or wait for a
 * balancer once more. After the drain they have no effect, and their owner should know.
 *
 * @internal
 */
export function idleSettings(instance: NestInstance, modules: ModulesContainer): string[] {
  const fastify = (instance as WithHttpAdapter).getHttpAdapter?.()?.getInstance?.()?.initialConfig;
  const idle: string[] = SETTINGS.filter((name) => instance.appOptions?.[name] === true);
  // Fastify's `return503OnClosing` is on by default, so nobody chose it.
  if (fastify?.['forceCloseConnections'] === true) idle.push('forceCloseConnections');
  const timeoutMs = terminusTimeoutMs(builtProviders(modules));
  if (timeoutMs > 0) idle.push(`terminus' gracefulShutdownTimeoutMs (${timeoutMs} ms)`);
  return [...new Set(idle)];
}
