import type { FactoryProvider } from '@nestjs/common';

import { provide } from './provide.js';
import { systemClock } from './shutdown/clock.js';
import { thisProcess } from './shutdown/this-process.js';

/**
 * Tokens of what surrounds an application: time, and the process that it ends. A test of an
 * application replaces them. Strings, so that they survive two copies of the package.
 *
 * @internal
 */
export const CLOCK = 'nestjs-drain:clock';
/** @internal */
export const PROCESS = 'nestjs-drain:process';

/** @internal */
export const surroundings: readonly FactoryProvider[] = [
  provide(CLOCK, [], () => systemClock),
  provide(PROCESS, [], () => thisProcess()),
];
