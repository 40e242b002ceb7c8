import type { Provider } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import { RESOLVED_OPTIONS, type ResolvedOptions } from './graceful-shutdown.options.js';
import { ApplicationShutdown } from './nest/application-shutdown.js';
import { GatewayMessages } from './nest/gateway-messages.js';
import { gatewayHttpServers, gatewayServers } from './nest/web-socket-servers.js';
import { RpcServers } from './nest/rpc-servers.js';
import { replaceMethod } from './nest/replace-method.js';
import { HttpServers } from './net/http-servers.js';
import { BullMqParticipant } from './participants/bullmq/bullmq.participant.js';
import { DeclaredParticipants } from './participants/declared-participants.js';
import { EventStreamParticipant } from './participants/event-stream/event-stream.participant.js';
import { HttpParticipant } from './participants/http/http.participant.js';
import { Http2Participant } from './participants/http2/http2.participant.js';
import { WebSocketsParticipant } from './participants/websockets/websockets.participant.js';
import { Broker } from './participants/microservices/broker.js';
import { RpcCalls } from './participants/microservices/rpc-calls.js';
import { RpcParticipant } from './participants/microservices/rpc.participant.js';
import { transportOf } from './participants/microservices/rpc-transports.js';
import { ScheduleParticipant } from './participants/schedule/schedule.participant.js';
import { provide } from './provide.js';
import { thisWorker } from './restart/worker/this-worker.js';
import { nameHandlers } from './routes/handler-name.js';
import { type LongLivedResponse, longLivedRoutes } from './routes/long-lived.decorator.js';
import { Routes } from './routes/routes.js';
import { systemClock } from './shutdown/clock.js';
import type { DrainParticipant } from './shutdown/drain-participant.js';
import { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import { GracefulShutdownInterceptor } from './tracking/graceful-shutdown.interceptor.js';
import { GraphQlConnections } from './tracking/graphql-connections.js';
import { liveTrackers } from './tracking/live-trackers.js';
import { WorkTracker } from './tracking/work-tracker.js';

/**
 * The kinds of work that are drained, each found by itself and added to the sequence.
 *
 * @internal
 */
export const participants: readonly Provider[] = [
  provide(HttpServers, [HttpAdapterHost, ApplicationShutdown], serversOf),
  provide(Routes, [HttpAdapterHost, ModulesContainer], routesOf),
  provide(WorkTracker, [ShutdownSequence], trackerOf),
  GraphQlConnections,
  provide(HttpParticipant, [HttpServers, Routes, RESOLVED_OPTIONS, ShutdownSequence], httpOf),
  provide(Http2Participant, [HttpServers, Routes, RESOLVED_OPTIONS, ShutdownSequence], http2Of),
  provide(
    EventStreamParticipant,
    [HttpParticipant, Http2Participant, Routes, RESOLVED_OPTIONS, ShutdownSequence],
    eventStreamsOf,
  ),
  provide(
    GatewayMessages,
    [ApplicationShutdown, WorkTracker],
    (application: ApplicationShutdown, tracker: WorkTracker) =>
      new GatewayMessages(application, (label, connection) => tracker.begin(label, connection)),
  ),
  provide(
    WebSocketsParticipant,
    [HttpServers, ApplicationShutdown, WorkTracker, GraphQlConnections, RESOLVED_OPTIONS],
    webSocketsOf,
  ),
  provide(RpcServers, [ModulesContainer, GracefulShutdownInterceptor, ShutdownSequence], rpcOf),
  provide(BullMqParticipant, [DiscoveryService, ApplicationShutdown], bullMqOf),
  provide(ScheduleParticipant, [DiscoveryService, ApplicationShutdown, WorkTracker], scheduleOf),
  provide(
    DeclaredParticipants,
    [DiscoveryService, ShutdownSequence],
    (discovery: DiscoveryService, sequence: ShutdownSequence) =>
      new DeclaredParticipants(discovery, sequence),
  ),
];

function serversOf(host: HttpAdapterHost, application: ApplicationShutdown): HttpServers {
  const servers = new HttpServers(host, () => gatewayHttpServers(application.instance));
  thisWorker()?.join(application, servers);
  return servers;
}

function routesOf(host: HttpAdapterHost, modules: ModulesContainer): Routes {
  const longLived = new Map<string, LongLivedResponse>();
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      nameHandlers(metatype);
      for (const [name, response] of longLivedRoutes(metatype)) longLived.set(name, response);
    }
  }
  return new Routes(host, longLived);
}

function trackerOf(sequence: ShutdownSequence): WorkTracker {
  const tracker = added(sequence, new WorkTracker(systemClock, sequence.deadlineSignal));
  liveTrackers.add(tracker);
  sequence.observe({ closed: () => liveTrackers.delete(tracker) });
  return tracker;
}

function httpOf(
  servers: HttpServers,
  routes: Routes,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
): HttpParticipant {
  return added(sequence, new HttpParticipant(servers, routes, sequence, options, systemClock));
}

function http2Of(
  servers: HttpServers,
  routes: Routes,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
): Http2Participant {
  return added(sequence, new Http2Participant(servers, routes, sequence, options, systemClock));
}

function eventStreamsOf(
  { responses: http1 }: HttpParticipant,
  { responses: http2 }: Http2Participant,
  routes: Routes,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
): EventStreamParticipant {
  const sources = [http1, http2];
  return added(
    sequence,
    new EventStreamParticipant(sources, routes, options, sequence, systemClock),
  );
}

function webSocketsOf(
  servers: HttpServers,
  application: ApplicationShutdown,
  tracker: WorkTracker,
  graphQl: GraphQlConnections,
  options: ResolvedOptions,
): WebSocketsParticipant {
  const { sequence } = application;
  const gateways = {
    servers: () => gatewayServers(application.instance),
    handlersOf: (client: object) => tracker.countOf(client) + graphQl.unansweredOf(client),
  };
  return added(
    sequence,
    new WebSocketsParticipant(servers, gateways, sequence, options, systemClock),
  );
}

/** How long TCP connections are listened to. Without a signal, nobody is surprised by their end. */
const TCP_PATIENCE = { silenceMs: 50, streamMs: 1000 };
const TCP_IMPATIENCE = { silenceMs: 0, streamMs: 0 };

function rpcOf(
  modules: ModulesContainer,
  interceptor: GracefulShutdownInterceptor,
  sequence: ShutdownSequence,
): RpcServers {
  const servers = new RpcServers(modules);
  const patience = () => ({
    ...(sequence.endsProcess ? TCP_PATIENCE : TCP_IMPATIENCE),
    isShared: sequence.isUnhurried,
  });
  if (servers.areKnown) interceptor.leaveMessages();
  servers.each((server) => {
    const broker = new Broker(systemClock);
    const calls = new RpcCalls(systemClock, broker);
    const transport = transportOf(server, calls, broker, patience, systemClock);
    sequence.addParticipant(new RpcParticipant(server.transport, transport, calls));
    return calls;
  });
  sequence.observe({ closed: () => servers.release() });
  return servers;
}

function bullMqOf(discovery: DiscoveryService, shutdown: ApplicationShutdown): BullMqParticipant {
  const { sequence } = shutdown;
  const { deadlineSignal } = sequence;
  const bullMq = added(
    sequence,
    new BullMqParticipant(discovery, deadlineSignal, systemClock, replaceMethod),
  );
  sequence.observe({ closed: () => bullMq.release() });
  shutdown.beforeInit(() => bullMq.awaitWorkers());
  return bullMq;
}

function scheduleOf(
  discovery: DiscoveryService,
  shutdown: ApplicationShutdown,
  tracker: WorkTracker,
): ScheduleParticipant {
  const { sequence } = shutdown;
  const schedule = added(
    sequence,
    new ScheduleParticipant(discovery, (label) => tracker.begin(label), replaceMethod),
  );
  sequence.observe({ closed: () => schedule.release() });
  shutdown.beforeInit(() => schedule.follow());
  return schedule;
}

function added<P extends DrainParticipant>(sequence: ShutdownSequence, participant: P): P {
  sequence.addParticipant(participant);
  return participant;
}
