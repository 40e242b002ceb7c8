import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { provideClass } from '../../wiring/provide.js';
import { DeclaredParticipants } from './declared-participants.js';

/** @internal */
export const DECLARED = [provideClass(DeclaredParticipants, [BUILT_PROVIDERS, ShutdownSequence])];
