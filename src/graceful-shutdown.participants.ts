import type { Provider } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import { RESOLVED_OPTIONS, type ResolvedOptions } from './graceful-shutdown.options.js';
import { probeRoutes } from './health/probe-routes.js';
import { ApplicationShutdown } from './nest/application-shutdown.js';
import { builtProviders } from './nest/built-providers.js';
import { followCommands } from './nest/commands.js';
import { GatewayMessages } from './nest/gateway-messages.js';
import { offHttpRoutes } from './nest/http-route-interceptors.js';
import { injectedTokens } from './nest/injected-tokens.js';
import { gatewayHttpServers, gatewayServers } from './nest/web-socket-servers.js';
import type { OtherApplication } from './nest/other-application.js';
import { RpcServers } from './nest/rpc-servers.js';
import { replaceMethod } from './nest/replace-method.js';
import { HttpServers } from './net/http-servers.js';
import { Traffic } from './net/traffic.js';
import { BullMqParticipant } from './participants/bullmq/bullmq.participant.js';
import { DeclaredParticipants } from './participants/declared-participants.js';
import { EventStreamParticipant } from './participants/event-stream/event-stream.participant.js';
import { HttpParticipant } from './participants/http/http.participant.js';
import { Http2Participant } from './participants/http2/http2.participant.js';
import { WebSocketsParticipant } from './participants/websockets/websockets.participant.js';
import { Broker } from './participants/microservices/broker.js';
import { RpcCalls } from './participants/microservices/rpc-calls.js';
import { RpcParticipant } from './participants/microservices/rpc.participant.js';
import { isBroker, transportOf } from './participants/microservices/rpc-transports.js';
import { ScheduleParticipant } from './participants/schedule/schedule.participant.js';
import { provide } from './provide.js';
import { CLOCK } from './surroundings.js';
import { thisWorker } from './restart/worker/this-worker.js';
import { methodsOf, nameHandlers } from './routes/handler-name.js';
import { type LongLivedResponse, longLivedRoutes } from './routes/long-lived.decorator.js';
import { Routes } from './routes/routes.js';
import type { Clock } from './shutdown/clock.js';
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
  provide(HttpServers, [HttpAdapterHost, ApplicationShutdown, RESOLVED_OPTIONS, CLOCK], serversOf),
  provide(Routes, [HttpAdapterHost, ModulesContainer], routesOf),
  Traffic,
  provide(WorkTracker, [ShutdownSequence, ApplicationShutdown, ModulesContainer, CLOCK], trackerOf),
  GraphQlConnections,
  provide(
    HttpParticipant,
    [HttpServers, Routes, Traffic, RESOLVED_OPTIONS, ShutdownSequence, CLOCK],
    httpOf,
  ),
  provide(
    Http2Participant,
    [HttpServers, Routes, Traffic, RESOLVED_OPTIONS, ShutdownSequence, CLOCK],
    http2Of,
  ),
  provide(
    EventStreamParticipant,
    [HttpParticipant, Http2Participant, Routes, RESOLVED_OPTIONS, ShutdownSequence, CLOCK],
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
    [
      HttpServers,
      ApplicationShutdown,
      WorkTracker,
      GraphQlConnections,
      Traffic,
      RESOLVED_OPTIONS,
      CLOCK,
    ],
    webSocketsOf,
  ),
  provide(
    RpcServers,
    [ModulesContainer, GracefulShutdownInterceptor, Traffic, ShutdownSequence, CLOCK],
    rpcOf,
  ),
  provide(BullMqParticipant, [ModulesContainer, ApplicationShutdown, CLOCK], bullMqOf),
  provide(ScheduleParticipant, [ModulesContainer, ApplicationShutdown, WorkTracker], scheduleOf),
  provide(
    DeclaredParticipants,
    [ModulesContainer, ShutdownSequence],
    (modules: ModulesContainer, sequence: ShutdownSequence) =>
      new DeclaredParticipants(() => builtProviders(modules), sequence),
  ),
];

function serversOf(
  host: HttpAdapterHost,
  application: ApplicationShutdown,
  options: ResolvedOptions,
  clock: Clock,
): HttpServers {
  application.onOther((other) => drainHttpOf(other, options, clock));
  const servers = new HttpServers(host, () => gatewayHttpServers(application.instance));
  application.sequence.observe({ closed: () => servers.dispose() });
  thisWorker()?.join(application, servers);
  return servers;
}

/** The requests of an application that does not import the module. */
function drainHttpOf(other: OtherApplication, options: ResolvedOptions, clock: Clock): void {
  const { instance, sequence } = other;
  if (instance.getHttpAdapter === undefined) return;
  const host = { httpAdapter: instance.getHttpAdapter() };
  const servers = new HttpServers(host, () => []);
  const routes = new Routes(host as HttpAdapterHost, new Map(), new Set());
  const traffic = new Traffic();
  added(sequence, new HttpParticipant(servers, routes, traffic, sequence, options, clock));
  added(sequence, new Http2Participant(servers, routes, traffic, sequence, options, clock));
  other.beforeInit = () => servers.onModuleInit();
}

function routesOf(host: HttpAdapterHost, modules: ModulesContainer): Routes {
  const longLived = new Map<string, LongLivedResponse>();
  const probes = new Set<string>();
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      nameHandlers(metatype);
      const { name: controller, prototype } = metatype;
      const injected = injectedTokens(metatype);
      for (const name of probeRoutes(controller, methodsOf(prototype as object), injected)) {
        probes.add(name);
      }
      for (const [name, response] of longLivedRoutes(metatype)) longLived.set(name, response);
    }
  }
  return new Routes(host, longLived, probes);
}

function trackerOf(
  sequence: ShutdownSequence,
  application: ApplicationShutdown,
  modules: ModulesContainer,
  clock: Clock,
): WorkTracker {
  const tracker = added(sequence, new WorkTracker(clock, sequence.deadlineSignal));
  liveTrackers.add(tracker);
  sequence.observe({ closed: () => liveTrackers.delete(tracker) });
  application.beforeInit(() => {
    const leave = followCommands(modules, (label) => tracker.begin(label));
    sequence.observe({ closed: leave });
  });
  return tracker;
}

function httpOf(
  servers: HttpServers,
  routes: Routes,
  traffic: Traffic,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
  clock: Clock,
): HttpParticipant {
  return added(sequence, new HttpParticipant(servers, routes, traffic, sequence, options, clock));
}

function http2Of(
  servers: HttpServers,
  routes: Routes,
  traffic: Traffic,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
  clock: Clock,
): Http2Participant {
  return added(sequence, new Http2Participant(servers, routes, traffic, sequence, options, clock));
}

function eventStreamsOf(
  { responses: http1 }: HttpParticipant,
  { responses: http2 }: Http2Participant,
  routes: Routes,
  options: ResolvedOptions,
  sequence: ShutdownSequence,
  clock: Clock,
): EventStreamParticipant {
  const sources = [http1, http2];
  return added(sequence, new EventStreamParticipant(sources, routes, options, sequence, clock));
}

function webSocketsOf(
  servers: HttpServers,
  application: ApplicationShutdown,
  tracker: WorkTracker,
  graphQl: GraphQlConnections,
  traffic: Traffic,
  options: ResolvedOptions,
  clock: Clock,
): WebSocketsParticipant {
  const { sequence } = application;
  const gateways = {
    servers: () => gatewayServers(application.instance),
    handlersOf: (client: object) => {
      const { running, begun } = tracker.countOf(client);
      const unanswered = graphQl.unansweredOf(client);
      return { running: running + unanswered, begun: begun + unanswered };
    },
  };
  return added(
    sequence,
    new WebSocketsParticipant(servers, gateways, traffic, sequence, options, clock),
  );
}

/** How long TCP connections are listened to. Without a signal, nobody is surprised by their end. */
const TCP_PATIENCE = { silenceMs: 50, streamMs: 1000 };
const TCP_IMPATIENCE = { silenceMs: 0, streamMs: 0 };

function rpcOf(
  modules: ModulesContainer,
  interceptor: GracefulShutdownInterceptor,
  traffic: Traffic,
  sequence: ShutdownSequence,
  clock: Clock,
): RpcServers {
  offHttpRoutes.add(interceptor);
  const servers = new RpcServers(modules);
  const patience = () => ({
    ...(sequence.endsProcess ? TCP_PATIENCE : TCP_IMPATIENCE),
    isShared: sequence.isUnhurried,
  });
  if (servers.areKnown) interceptor.leaveMessages();
  else traffic.isComplete = false;
  servers.each((server) => {
    if (!isBroker(server.transport)) traffic.isComplete = false;
    const broker = new Broker(clock);
    const calls = new RpcCalls(clock, broker);
    const transport = transportOf(server, calls, broker, patience, clock);
    sequence.addParticipant(new RpcParticipant(server.transport, transport, calls));
    return calls;
  });
  sequence.observe({ closed: () => servers.release() });
  return servers;
}

function bullMqOf(
  modules: ModulesContainer,
  shutdown: ApplicationShutdown,
  clock: Clock,
): BullMqParticipant {
  const { sequence } = shutdown;
  const { deadlineSignal } = sequence;
  const bullMq = added(
    sequence,
    new BullMqParticipant(() => builtProviders(modules), deadlineSignal, clock, replaceMethod),
  );
  sequence.observe({ closed: () => bullMq.release() });
  shutdown.beforeInit(() => bullMq.awaitWorkers());
  return bullMq;
}

function scheduleOf(
  modules: ModulesContainer,
  shutdown: ApplicationShutdown,
  tracker: WorkTracker,
): ScheduleParticipant {
  const { sequence } = shutdown;
  const schedule = added(
    sequence,
    new ScheduleParticipant(
      () => builtProviders(modules),
      (label) => tracker.begin(label),
      replaceMethod,
    ),
  );
  sequence.observe({ closed: () => schedule.release() });
  shutdown.beforeInit(() => schedule.follow());
  return schedule;
}

function added<P extends DrainParticipant>(sequence: ShutdownSequence, participant: P): P {
  sequence.addParticipant(participant);
  return participant;
}
