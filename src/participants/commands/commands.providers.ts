import { WorkTracker } from '../../handlers/work-tracker.js';
import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { kind } from '../../wiring/kind.js';
import { Commands } from './commands.js';

/** @internal */
export const COMMANDS = [kind(Commands, [BUILT_PROVIDERS, WorkTracker])];
