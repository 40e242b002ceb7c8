import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { kind } from '../../wiring/kind.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { RabbitMqParticipant } from './rabbitmq.participant.js';

/** @internal */
export const RABBITMQ = [kind(RabbitMqParticipant, [BUILT_PROVIDERS, RESOLVED_OPTIONS, CLOCK])];
