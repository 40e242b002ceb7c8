import { join } from 'node:path';

import {
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

type Unary = (request: object, callback: (error: ServiceError | null, reply: any) => void) => void;

function serviceOf(file: string, name: string): ServiceClientConstructor {
  const loaded = loadPackageDefinition(loadSync(join(fixtures, file), { enums: String }));
  const found = name.split('.').reduce((at: any, part) => at[part], loaded);
  return found as ServiceClientConstructor;
}

const Health = serviceOf('health.proto', 'grpc.health.v1.Health');
const Calls = serviceOf('calls.proto', 'calls.Calls');

/** Resolves with the reply, or with the error. */
export function call(client: Client, method: string, request: object): Promise<any> {
  const unary = (client as unknown as Record<string, Unary>)[method]!.bind(client);
  return new Promise((resolve) => unary(request, (error, reply) => resolve(error ?? reply)));
}

/** A client of the standard health service, as every library of gRPC brings one. */
export class HealthClient {
  readonly client: Client;

  constructor(address: string) {
    this.client = new Health(address, credentials.createInsecure());
  }

  /** The status, or the code of the error. */
  async check(service: string): Promise<string | number> {
    const answer = await call(this.client, 'Check', { service });
    return answer.status ?? answer.code;
  }

  watch(service: string): Watch {
    const client = this.client as unknown as {
      Watch(request: object): ClientReadableStream<{ status: string }>;
    };
    return new Watch(client.Watch({ service }));
  }
}

/** What a client learns that watches. */
export class Watch {
  readonly told: { readonly status: string; readonly at: number }[] = [];
  /** Resolves with the code that it ends with. */
  readonly ended: Promise<number>;
  #waiting: (() => void)[] = [];

  constructor(stream: ClientReadableStream<{ status: string }>) {
    stream.on('data', ({ status }) => {
      this.told.push({ status, at: Date.now() });
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.ended = new Promise((resolve) => {
      stream.on('error', ({ code }: ServiceError) => resolve(code));
      stream.on('end', () => resolve(0));
    });
  }

  async until(status: string): Promise<{ at: number }> {
    for (;;) {
      const found = this.told.find((one) => one.status === status);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** A client that spreads its calls over several instances. */
export function callsClient(ports: readonly number[], options: ChannelOptions): Client {
  const addresses = ports.map((port) => `127.0.0.1:${port}`).join(',');
  return new Calls(`ipv4:${addresses}`, credentials.createInsecure(), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    ...options,
  });
}
