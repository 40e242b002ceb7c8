import type { FactoryProvider } from '@nestjs/common';

import { type Clock, systemClock } from '../shutdown/clock.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { thisProcess } from '../shutdown/this-process.js';
import { provide } from './provide.js';
import { token } from './token.js';

/** Time, as an application sees it. A test replaces it. @internal */
export const CLOCK = token<Clock>('nestjs-drain:clock');

/** The process that an application is part of. A test replaces it. @internal */
export const PROCESS = token<ProcessShutdown>('nestjs-drain:process');

/** What surrounds an application. @internal */
export const SURROUNDINGS: readonly FactoryProvider[] = [
  provide(CLOCK, [], () => systemClock),
  provide(PROCESS, [], () => thisProcess()),
];
