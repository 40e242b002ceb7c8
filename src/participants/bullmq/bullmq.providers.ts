import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { BullMqParticipant } from './bullmq.participant.js';

/** @internal */
export const BULLMQ = [
  kind(BullMqParticipant, [BUILT_PROVIDERS, ShutdownSequence, RESOLVED_OPTIONS, CLOCK]),
];
