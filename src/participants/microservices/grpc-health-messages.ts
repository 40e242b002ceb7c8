/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. @internal */
export const SERVING_STATUS = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

/** @internal */
export type ServingStatus = keyof typeof SERVING_STATUS;

/** `string service = 1` of the request, `ServingStatus status = 1` of the response. */
const SERVICE_TAG = 0x0a;
const STATUS_TAG = 0x08;

/** @internal */
export interface HealthRequest {
  /** Undefined if it cannot be the name of a service. */
  readonly service: string | undefined;
}

/**
 * Reads a `HealthCheckRequest`: one string, as long as the byte after its tag says, or nothing for
 * the empty string. No service has a name of more than 127 bytes.
 *
 * @internal
 */
export function readHealthRequest(message: Buffer): HealthRequest {
  if (message.length === 0) return { service: '' };
  const [tag, length] = message;
  const isOneString = tag === SERVICE_TAG && length === message.length - 2 && length < 0x80;
  return { service: isOneString ? message.toString('utf8', 2) : undefined };
}

/** Writes a `HealthCheckResponse`. @internal */
export function healthResponse(status: ServingStatus): Buffer {
  return Buffer.from([STATUS_TAG, SERVING_STATUS[status]]);
}
