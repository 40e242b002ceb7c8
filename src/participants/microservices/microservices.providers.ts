import { ModulesContainer } from '@nestjs/core';

import { Traffic } from '../../connections/traffic.js';
import { RPC_SERVERS_ARE_KNOWN } from '../../handlers/graceful-shutdown.interceptor.js';
import { Probes } from '../../health/probes.js';
import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { provide, provideClass } from '../../wiring/provide.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { token } from '../../wiring/token.js';
import { ClientProxiesParticipant } from './client-proxies.participant.js';
import { GrpcHealth } from './grpc-health.js';
import { RpcServers } from './rpc-servers.js';
import { RpcParticipants } from './rpc.participants.js';

/** Undefined unless it is asked for. */
const GRPC_HEALTH = token<GrpcHealth | undefined>('nestjs-drain:grpc-health');

/** @internal */
export const MICROSERVICES = [
  provideClass(RpcServers, [ModulesContainer]),
  provide(RPC_SERVERS_ARE_KNOWN, [RpcServers], ({ areKnown }) => areKnown),
  provide(GRPC_HEALTH, [RESOLVED_OPTIONS, Probes], ({ probes }, own) => {
    if (probes?.grpc !== true) return undefined;
    const health = new GrpcHealth((probe) => own.isWell(probe));
    own.onChange(() => health.update());
    return health;
  }),
  kind(RpcParticipants, [
    RpcServers,
    GRPC_HEALTH,
    Traffic,
    ShutdownSequence,
    CLOCK,
    BUILT_PROVIDERS,
    RESOLVED_OPTIONS,
  ]),
  kind(ClientProxiesParticipant, [BUILT_PROVIDERS, ShutdownSequence, CLOCK]),
];
