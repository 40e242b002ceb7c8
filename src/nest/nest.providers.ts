import { ModulesContainer } from '@nestjs/core';

import { RESOLVED_OPTIONS } from '../options/resolve-options.js';
import { ReportPublisher } from '../report/report-publisher.js';
import { StartLog } from '../report/start-log.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { provide } from '../wiring/provide.js';
import { CLOCK, PROCESS } from '../wiring/surroundings.js';
import { token } from '../wiring/token.js';
import { ApplicationShutdown } from './application-shutdown.js';
import type { BuiltProviders } from './built-provider.js';
import { builtProviders } from './built-providers.js';

/** The providers of the application that exist by now. @internal */
export const BUILT_PROVIDERS = token<BuiltProviders>('nestjs-drain:built-providers');

/** @internal */
export const NEST = [
  provide(BUILT_PROVIDERS, [ModulesContainer], (modules) => () => builtProviders(modules)),
  provide(
    ApplicationShutdown,
    [
      RESOLVED_OPTIONS,
      ShutdownSequence,
      ModulesContainer,
      StartLog,
      ReportPublisher,
      PROCESS,
      CLOCK,
    ],
    shutdownOf,
  ),
];

const owners = new WeakMap<ModulesContainer, ApplicationShutdown>();

function shutdownOf(
  ...[options, sequence, modules, ...others]: ConstructorParameters<typeof ApplicationShutdown>
): ApplicationShutdown {
  // A `TestingModuleBuilder` may be compiled twice.
  owners.get(modules)?.release();
  const shutdown = new ApplicationShutdown(options, sequence, modules, ...others);
  owners.set(modules, shutdown);
  return shutdown;
}
