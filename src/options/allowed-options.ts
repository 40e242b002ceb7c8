import { constants } from 'node:os';

import type { GracefulShutdownOptions } from '../graceful-shutdown.options.js';
import type { HandlerRow } from '../handlers/handler-row.js';
import {
  between,
  duration,
  flag,
  oneOf,
  type OptionRule,
  path,
  problemWith,
} from './option-rules.js';

type TimeName = 'gracePeriodMs' | 'drainTimeoutMs' | 'minGracePeriodMs' | 'maxGracePeriodMs';
type Times = Readonly<Record<TimeName, number>>;

const REPORT_LOGS = ['none', 'compact', 'full'];
const STOP_CONSUMERS = ['auto', 'at-signal', 'after-requests'];
const MOST_PORT = 65_535;

const wholeSeconds: OptionRule = {
  allowed: 'a whole number of seconds above 0',
  accepts: (value) => Number.isInteger(value) && Number(value) > 0,
};

const UNCATCHABLE: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGSTOP']);

/** What each option may be. @internal */
export const OPTION_RULES: Readonly<Record<keyof GracefulShutdownOptions, OptionRule>> = {
  signals: {
    allowed: 'an array of signal names such as SIGTERM, without SIGKILL and SIGSTOP',
    accepts: (value) => Array.isArray(value) && [...value].every(isCatchableSignal),
  },
  gracePeriodMs: duration,
  minGracePeriodMs: duration,
  maxGracePeriodMs: duration,
  drainTimeoutMs: duration,
  closeTimeoutMs: duration,
  idleLingerMs: duration,
  stopConsumers: oneOf(STOP_CONSUMERS),
  drainOnCrash: flag,
  websocketCloseCode: {
    allowed: '1000, 1001, 1012, 1013 or a whole number from 3000 to 4999',
    accepts: isCloseCode,
  },
  probes: {
    allowed:
      'an object with a port from 1 to 65535 (and a host), the path of a file, grpc: true, or several',
    accepts: isProbeOptions,
  },
  reportFile: path,
  reportLog: oneOf(REPORT_LOGS),
  terminationLog: path,
  reportClients: flag,
  service: {
    allowed: 'an object with the strings name, version and instance',
    accepts: isServiceIdentity,
  },
  platformTimeoutSeconds: wholeSeconds,
  terminationGracePeriodSeconds: wholeSeconds,
  trackHandlers: {
    allowed: 'an array of { name, metadata, methods? }: a name, a metadata key, names of methods',
    accepts: (value) => Array.isArray(value) && [...value].every(isHandlerRow),
  },
  random: {
    allowed: 'a function that returns a number in [0, 1)',
    accepts: (value) => typeof value === 'function',
  },
};

/**
 * Options that contradict each other. Without a grace period, as by default outside Kubernetes,
 * there is nothing to shorten or to extend, so that the same options do for both.
 *
 * @internal
 */
export function contradictionsIn(options: Times): string[] {
  const { gracePeriodMs, drainTimeoutMs, minGracePeriodMs, maxGracePeriodMs } = options;
  if (gracePeriodMs === 0) return [];
  const grace = `gracePeriodMs (${gracePeriodMs})`;
  const longest = `gracePeriodMs and drainTimeoutMs together (${gracePeriodMs + drainTimeoutMs})`;
  const shorter = between(0, gracePeriodMs, `a value from 0 to ${grace}`);
  const longer = between(
    gracePeriodMs,
    gracePeriodMs + drainTimeoutMs,
    `a value from ${grace} to ${longest}`,
  );
  return [
    ...problemWith('minGracePeriodMs', minGracePeriodMs, shorter),
    ...problemWith('maxGracePeriodMs', maxGracePeriodMs, longer),
  ];
}

function isServiceIdentity(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, one]) =>
      ['name', 'version', 'instance'].includes(name) &&
      (one === undefined || typeof one === 'string'),
  );
}

function isCatchableSignal(value: unknown): boolean {
  return (
    typeof value === 'string' && Object.hasOwn(constants.signals, value) && !UNCATCHABLE.has(value)
  );
}

function isProbeOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { port, host, file, grpc, ...others } = value as Record<string, unknown>;
  const isPort = Number.isInteger(port) && Number(port) >= 1 && Number(port) <= MOST_PORT;
  const isAnywhere = port !== undefined || file !== undefined || grpc === true;
  return (
    isAnywhere &&
    (port === undefined ? host === undefined : isPort) &&
    (host === undefined || path.accepts(host)) &&
    (file === undefined || path.accepts(file)) &&
    (grpc === undefined || flag.accepts(grpc)) &&
    Object.keys(others).length === 0
  );
}

function isHandlerRow(value: unknown): boolean {
  const { name, metadata, methods } = (value ?? {}) as Partial<Record<keyof HandlerRow, unknown>>;
  const isKey = typeof metadata === 'symbol' || isText(metadata);
  return isText(name) && isKey && (methods === undefined || isListOfTexts(methods));
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && [...value].every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The codes of RFC 6455 (7.4) and of IANA's registry that suit a leaving server. */
function isCloseCode(value: unknown): boolean {
  const code = Number.isInteger(value) ? Number(value) : 0;
  return [1000, 1001, 1012, 1013].includes(code) || (code >= 3000 && code <= 4999);
}
