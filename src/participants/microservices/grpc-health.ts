import { replaceMethod } from '../../nest/replace-method.js';
import {
  type HealthRequest,
  healthResponse,
  readHealthRequest,
  type ServingStatus,
} from './grpc-health-messages.js';

const SERVICE = 'grpc.health.v1.Health';
/** Codes of gRPC. */
const NOT_FOUND = 5;
const UNAVAILABLE = 14;

/** What is used of a `Server` of grpc-js. */
interface GrpcServer {
  addService(definition: object, implementation: object): void;
}

interface CheckCall {
  readonly request: HealthRequest;
}

interface WatchCall extends CheckCall {
  write(status: ServingStatus): void;
  on(event: 'cancelled', listener: () => void): void;
  emit(event: 'error', error: object): void;
}

interface Watch {
  readonly status: () => ServingStatus;
  told: ServingStatus | undefined;
}

/** Names of services that stand for the paths of the HTTP probes. */
const PROBES = ['live', 'ready', 'startup'] as const;

/**
 * The standard health service, `grpc.health.v1`, which Kubernetes' `grpc` probes and clients of
 * gRPC ask. It answers as the probes over HTTP do: the services of a server, and the empty name for
 * the whole of it, are as ready as the application.
 *
 * @internal
 */
export class GrpcHealth {
  readonly #watches = new Map<WatchCall, Watch>();
  #isOver = false;

  constructor(private readonly isWell: (probe: (typeof PROBES)[number]) => boolean) {}

  /** Adds the service to a server that has no other yet. */
  serve(server: GrpcServer): void {
    const services = new Set<string>();
    const statusOf = (name: string | undefined) => this.#statusOf(name, services);
    server.addService(DEFINITION, {
      Check: ({ request }: CheckCall, answer: (error: object | null, status?: string) => void) => {
        const status = statusOf(request.service);
        if (status === 'SERVICE_UNKNOWN') answer({ code: NOT_FOUND, details: 'unknown service' });
        else answer(null, status);
      },
      Watch: (call: WatchCall) => this.#watch(call, () => statusOf(call.request.service)),
    });
    replaceMethod(server, 'addService', (add) => (definition: object, ...rest: unknown[]) => {
      for (const name of servicesOf(definition)) services.add(name);
      return add(definition, ...rest) as unknown;
    });
  }

  /** Sends the new status to each watch whose status has changed. */
  update(): void {
    for (const [call, watch] of this.#watches) {
      const status = watch.status();
      if (status !== watch.told) call.write((watch.told = status));
    }
  }

  /** A watch never ends by itself, and would hold the server. */
  endWatches(): void {
    this.#isOver = true;
    this.update();
    for (const call of this.#watches.keys()) end(call);
    this.#watches.clear();
  }

  #watch(call: WatchCall, status: () => ServingStatus): void {
    this.#watches.set(call, { status, told: undefined });
    call.on('cancelled', () => this.#watches.delete(call));
    if (this.#isOver) this.endWatches();
    else this.update();
  }

  #statusOf(name: string | undefined, services: ReadonlySet<string>): ServingStatus {
    const isWhole = name === '' || (name !== undefined && services.has(name));
    const probe = isWhole ? 'ready' : PROBES.find((one) => one === name);
    if (probe === undefined) return 'SERVICE_UNKNOWN';
    return this.isWell(probe) ? 'SERVING' : 'NOT_SERVING';
  }
}

const messages = { requestDeserialize: readHealthRequest, responseSerialize: healthResponse };
const DEFINITION = {
  Check: { path: `/${SERVICE}/Check`, requestStream: false, responseStream: false, ...messages },
  Watch: { path: `/${SERVICE}/Watch`, requestStream: false, responseStream: true, ...messages },
};

/** By the paths of its methods: `/orders.v1.Orders/Find`. */
function servicesOf(definition: object): string[] {
  const methods = Object.values(definition) as { readonly path?: string }[];
  return methods.flatMap(({ path }) => path?.split('/')[1] ?? []);
}

function end(call: WatchCall): void {
  call.emit('error', { code: UNAVAILABLE, details: 'the server is leaving' });
}
