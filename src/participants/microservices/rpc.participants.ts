import type { Traffic } from '../../connections/traffic.js';
import type { Clock } from '../../shutdown/clock.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { Broker } from '../../connections/broker.js';
import { RpcCalls } from './rpc-calls.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcObserver, RpcServers } from './rpc-servers.js';
import { isBroker, transportOf } from './rpc-transports.js';
import { RpcParticipant } from './rpc.participant.js';
import type { TcpPatience } from './tcp.js';

/** How long TCP connections are read. Without a signal, nobody is surprised by their end. */
const TCP_PATIENCE = { silenceMs: 50, streamMs: 1000 };
const TCP_IMPATIENCE = { silenceMs: 0, streamMs: 0 };

/**
 * The participants of an application's microservices, one for each server, added when Nest makes
 * it.
 *
 * @internal
 */
export class RpcParticipants {
  constructor(
    private readonly servers: RpcServers,
    private readonly traffic: Traffic,
    private readonly sequence: ShutdownSequence,
    private readonly clock: Clock,
  ) {
    if (!servers.areKnown) traffic.addUnseen();
    servers.each((server) => this.#follow(server));
  }

  dispose(): void {
    this.servers.release();
  }

  #follow(server: RpcServer): RpcObserver {
    if (!isBroker(server.transport)) this.traffic.addUnseen();
    const broker = new Broker(this.clock);
    const calls = new RpcCalls(this.clock, broker);
    const transport = transportOf(server, calls, broker, () => this.#tcpPatience(), this.clock);
    this.sequence.addParticipant(new RpcParticipant(server.transport, transport, calls));
    return calls;
  }

  #tcpPatience(): TcpPatience {
    const { endsProcess, isAwaited } = this.sequence;
    return {
      ...(endsProcess ? TCP_PATIENCE : TCP_IMPATIENCE),
      leavesQueue: !isAwaited,
      acceptMs: this.sequence.drainRemainingMs(),
    };
  }
}
