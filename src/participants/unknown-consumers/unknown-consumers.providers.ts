import { ModulesContainer } from '@nestjs/core';

import { StartLog } from '../../report/start-log.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { UnknownConsumers } from './unknown-consumers.js';

/** @internal */
export const UNKNOWN_CONSUMERS = [
  kind(UnknownConsumers, [ModulesContainer, ShutdownSequence, StartLog]),
];
