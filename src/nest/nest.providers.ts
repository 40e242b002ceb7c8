import { ModulesContainer } from '@nestjs/core';

import type { BuiltProviders } from './built-provider.js';
import { provide } from '../wiring/provide.js';
import { token } from '../wiring/token.js';
import { builtProviders } from './built-providers.js';

/** The providers of the application that exist by now. @internal */
export const BUILT_PROVIDERS = token<BuiltProviders>('nestjs-drain:built-providers');

/** @internal */
export const NEST = [
  provide(BUILT_PROVIDERS, [ModulesContainer], (modules) => () => builtProviders(modules)),
];
