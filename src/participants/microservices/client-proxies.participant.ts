import type { BuiltProviders } from '../../nest/built-provider.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { type ClientProxy, clientProxiesOf } from './client-proxy.js';
import { OutgoingMessages } from './outgoing-messages.js';

/**
 * The clients of `@nestjs/microservices` among the providers: what handlers hand to them is sent
 * before they are closed, whether the handlers wait for it or not.
 *
 * @internal
 */
export class ClientProxiesParticipant implements DrainParticipant {
  readonly name = 'clients';
  readonly stopsAt = 'grace';
  readonly #clients = new Map<ClientProxy, OutgoingMessages>();

  constructor(
    private readonly providers: BuiltProviders,
    private readonly sequence: Pick<ShutdownSequence, 'fail'>,
    private readonly clock: Clock,
  ) {}

  takesWork(): boolean {
    return false;
  }

  /** Clients keep sending; from here on their messages are followed. */
  stopIntake(): void {
    for (const client of clientProxiesOf(this.providers)) {
      if (!this.#clients.has(client)) this.#clients.set(client, this.#follow(client));
    }
  }

  active(): number {
    return this.#all.reduce((sum, { tasks }) => sum + tasks.count, 0);
  }

  tasks(): readonly DrainTask[] {
    return this.#all.flatMap(({ tasks }) => tasks.list());
  }

  async drain(): Promise<void> {
    await Promise.all(this.#all.map(({ tasks }) => tasks.present()));
    // A client that has connected sends in the ticks that follow.
    await this.clock.turn();
  }

  dispose(): void {
    for (const client of this.#all) client.restore();
    this.#clients.clear();
  }

  #follow(client: ClientProxy): OutgoingMessages {
    return new OutgoingMessages(client, this.clock, (where, error) =>
      this.sequence.fail({ where, error }),
    );
  }

  get #all(): OutgoingMessages[] {
    return [...this.#clients.values()];
  }
}
