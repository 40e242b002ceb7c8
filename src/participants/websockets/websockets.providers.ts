import { HttpServers } from '../../connections/http-servers.js';
import { Traffic } from '../../connections/traffic.js';
import { GraphQlConnections } from '../../handlers/graphql-connections.js';
import { WorkTracker } from '../../handlers/work-tracker.js';
import { ApplicationShutdown } from '../../nest/application-shutdown.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { provide } from '../../wiring/provide.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { token } from '../../wiring/token.js';
import { GatewayMessages } from './gateway-messages.js';
import type { Gateways } from './web-socket-connections.js';
import { gatewayServers } from './web-socket-servers.js';
import { WebSocketsParticipant } from './websockets.participant.js';

const GATEWAYS = token<Gateways>('nestjs-drain:gateways');

/** @internal */
export const WEB_SOCKETS = [
  kind(GatewayMessages, [ApplicationShutdown, HttpServers, WorkTracker]),
  provide(
    GATEWAYS,
    [ApplicationShutdown, WorkTracker, GraphQlConnections],
    (application, tracker, graphQl) => ({
      servers: () => gatewayServers(application.instance),
      handlersOf: (client) => {
        const { running, begun } = tracker.countOf(client);
        const unanswered = graphQl.unansweredOf(client);
        return { running: running + unanswered, begun: begun + unanswered };
      },
    }),
  ),
  kind(WebSocketsParticipant, [
    HttpServers,
    GATEWAYS,
    Traffic,
    ShutdownSequence,
    RESOLVED_OPTIONS,
    CLOCK,
  ]),
];
