import { Traffic } from '../../connections/traffic.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { Routes } from '../../routes/routes.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { EventStreamParticipant } from './event-stream.participant.js';

/** @internal */
export const EVENT_STREAMS = [
  kind(EventStreamParticipant, [Traffic, Routes, RESOLVED_OPTIONS, ShutdownSequence, CLOCK]),
];
