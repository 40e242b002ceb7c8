import { BULL } from './bull/bull.providers.js';
import { BULLMQ } from './bullmq/bullmq.providers.js';
import { COMMANDS } from './commands/commands.providers.js';
import { DECLARED } from './declared/declared.providers.js';
import { EVENT_STREAMS } from './event-stream/event-stream.providers.js';
import { HTTP } from './http/http.providers.js';
import { HTTP2 } from './http2/http2.providers.js';
import { MICROSERVICES } from './microservices/microservices.providers.js';
import { OTHER_APPLICATIONS } from './other-applications/other-applications.providers.js';
import { RABBITMQ } from './rabbitmq/rabbitmq.providers.js';
import { SCHEDULE } from './schedule/schedule.providers.js';
import { UNKNOWN_CONSUMERS } from './unknown-consumers/unknown-consumers.providers.js';
import { WEB_SOCKETS } from './websockets/websockets.providers.js';

/** The kinds of work that are drained. @internal */
export const PARTICIPANTS = [
  ...HTTP,
  ...HTTP2,
  ...EVENT_STREAMS,
  ...WEB_SOCKETS,
  ...MICROSERVICES,
  ...BULL,
  ...BULLMQ,
  ...RABBITMQ,
  ...SCHEDULE,
  ...COMMANDS,
  ...DECLARED,
  ...UNKNOWN_CONSUMERS,
  ...OTHER_APPLICATIONS,
];
