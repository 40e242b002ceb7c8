import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { BullParticipant } from './bull.participant.js';

/** @internal */
export const BULL = [
  kind(BullParticipant, [BUILT_PROVIDERS, ShutdownSequence, RESOLVED_OPTIONS, CLOCK]),
];
