import { ModulesContainer } from '@nestjs/core';

import { Traffic } from '../../connections/traffic.js';
import { RPC_SERVERS_ARE_KNOWN } from '../../handlers/graceful-shutdown.interceptor.js';
import { BUILT_PROVIDERS } from '../../nest/nest.providers.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { provide, provideClass } from '../../wiring/provide.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { ClientProxiesParticipant } from './client-proxies.participant.js';
import { RpcServers } from './rpc-servers.js';
import { RpcParticipants } from './rpc.participants.js';

/** @internal */
export const MICROSERVICES = [
  provideClass(RpcServers, [ModulesContainer]),
  provide(RPC_SERVERS_ARE_KNOWN, [RpcServers], ({ areKnown }) => areKnown),
  kind(RpcParticipants, [RpcServers, Traffic, ShutdownSequence, CLOCK]),
  kind(ClientProxiesParticipant, [BUILT_PROVIDERS, ShutdownSequence, CLOCK]),
];
