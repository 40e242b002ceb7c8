import type { Traffic } from '../../connections/traffic.js';
import { Broker } from '../../consumers/broker.js';
import { heldObjects } from '../../consumers/held-objects.js';
import { type StopConsumers, stopOf } from '../../consumers/stop-consumers.js';
import type { BuiltProviders } from '../../nest/built-provider.js';
import type { Clock } from '../../shutdown/clock.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import type { GrpcHealth } from './grpc-health.js';
import type { PeerPatience } from './peer-patience.js';
import { RpcCalls } from './rpc-calls.js';
import { hasClientOf } from './rpc-clients.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcObserver, RpcServers } from './rpc-servers.js';
import { isBroker, transportOf } from './rpc-transports.js';
import { RpcParticipant } from './rpc.participant.js';

/** How long connections are read. Without a signal, nobody is surprised by their end. */
const PATIENCE = { silenceMs: 50, streamMs: 1000, lingerMs: 250 };
const IMPATIENCE = { silenceMs: 0, streamMs: 0, lingerMs: 0 };

/**
 * The participants of an application's microservices, one for each server, added when Nest makes
 * it.
 *
 * @internal
 */
export class RpcParticipants {
  constructor(
    private readonly servers: RpcServers,
    private readonly grpcHealth: GrpcHealth | undefined,
    private readonly traffic: Traffic,
    private readonly sequence: ShutdownSequence,
    private readonly clock: Clock,
    private readonly providers: BuiltProviders,
    private readonly options: StopConsumers,
  ) {
    if (!servers.areKnown) traffic.addUnseen();
    servers.each((server) => this.#follow(server));
    sequence.observe({
      entered: (state) => {
        if (state === 'draining') grpcHealth?.endWatches();
      },
    });
  }

  dispose(): void {
    this.servers.release();
  }

  #follow(server: RpcServer): RpcObserver {
    if (!isBroker(server.transport)) this.traffic.addUnseen();
    if (server.transport === 'grpc' && this.grpcHealth) addHealth(server, this.grpcHealth);
    const broker = new Broker(this.clock);
    const calls = new RpcCalls(this.clock, broker);
    const transport = transportOf(server, calls, broker, () => this.#patience(), this.clock);
    const stop = () => this.#stopOf(server);
    this.sequence.addParticipant(new RpcParticipant(server.transport, transport, calls, stop));
    return calls;
  }

  /** Clients connect to the others, which listen to the end of the grace period. */
  #stopOf(server: RpcServer): 'grace' | 'last' {
    if (!isBroker(server.transport)) return 'grace';
    return stopOf(this.options, () => hasClientOf(server, heldObjects(this.providers)));
  }

  #patience(): PeerPatience {
    const { endsProcess, isAwaited } = this.sequence;
    return {
      ...(endsProcess ? PATIENCE : IMPATIENCE),
      leavesQueue: !isAwaited,
      acceptMs: this.sequence.drainRemainingMs(),
    };
  }
}

/** Nest makes the server of grpc-js, then adds the services of the application. */
function addHealth(server: RpcServer, health: GrpcHealth): void {
  server.replace('createClient', (create) => async () => {
    const grpc = (await create()) as Parameters<GrpcHealth['serve']>[0];
    health.serve(grpc);
    return grpc;
  });
}
