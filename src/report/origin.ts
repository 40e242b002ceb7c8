import { hostname } from 'node:os';

import { plain } from '../shutdown/plain-text.js';
import type { ReportedOrigin } from './shutdown-report.js';

/** The identity in the options. */
interface Identity {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly instance?: string | undefined;
}

/** The longest name that Kubernetes allows. */
const LONGEST = 253;

/**
 * The identity of this service: from the options, else from OpenTelemetry's variables, else from
 * the usual variables of Kubernetes' downward API and npm.
 *
 * @internal
 */
export function originHere(
  given: Identity = {},
  env: NodeJS.ProcessEnv = process.env,
): ReportedOrigin {
  const resource = attributesIn(env['OTEL_RESOURCE_ATTRIBUTES']);
  const of = (...names: readonly (string | undefined)[]) => {
    const name = names.find((one) => one !== undefined && one !== '');
    return name === undefined ? undefined : plain(name, LONGEST);
  };
  const host = of(
    given.instance,
    resource['service.instance.id'],
    resource['k8s.pod.name'],
    env['POD_NAME'],
    env['HOSTNAME'],
  );
  const service = of(
    given.name,
    env['OTEL_SERVICE_NAME'],
    resource['service.name'],
    env['npm_package_name'],
  );
  const version = of(given.version, resource['service.version'], env['npm_package_version']);
  return {
    host: host ?? plain(hostname(), LONGEST),
    ...(service !== undefined && { service }),
    ...(version !== undefined && { version }),
  };
}

/** `service.name=orders,service.version=1.2`, percent-encoded. */
function attributesIn(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    pairs.map(([name = '', value = '']) => [name.trim(), decoded(value.trim())]),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
