import { ModulesContainer } from '@nestjs/core';

import { WorkTracker } from '../../handlers/work-tracker.js';
import { kind } from '../../wiring/kind.js';
import { Commands } from './commands.js';

/** @internal */
export const COMMANDS = [kind(Commands, [ModulesContainer, WorkTracker])];
