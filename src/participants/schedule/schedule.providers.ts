import { WorkTracker } from '../../handlers/work-tracker.js';
import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { kind } from '../../wiring/kind.js';
import { ScheduleParticipant } from './schedule.participant.js';

/** @internal */
export const SCHEDULE = [kind(ScheduleParticipant, [BUILT_PROVIDERS, WorkTracker])];
