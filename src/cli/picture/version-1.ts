import { isRecord } from './shape.js';

type Json = Readonly<Record<string, unknown>>;

/** The outcomes of a hook in version 1. */
const HOOK_OUTCOMES: ReadonlyMap<unknown, string> = new Map([
  ['done', 'completed'],
  ['failed', 'failed'],
  ['unfinished', 'cut'],
]);

/**
 * Converts a report of version 1 to version 2, and returns any other unchanged. The input is not
 * validated yet: unexpected parts are kept, and rejected later.
 *
 * @internal
 */
export function fromVersion1(report: unknown): unknown {
  if (!isRecord(report) || report['version'] !== 1) return report;
  const { outcome, ...rest } = report;
  return {
    ...rest,
    version: 2,
    result: outcome,
    states: each(report['states'], withAtMs),
    requests: part(report['requests'], requests),
    connections: part(report['connections'], connections),
    newConnections: part(report['newConnections'], withLastAtMs),
    probes: part(report['probes'], withLastAtMs),
    hooks: each(report['hooks'], hook),
    flush: part(report['flush'], flush),
  };
}

/** Version 1 also counted cut requests as aborted. */
function requests({ aborted, slowest, ...rest }: Json): Json {
  const isCounted = typeof aborted === 'number' && typeof rest['cut'] === 'number';
  return {
    ...rest,
    aborted: isCounted ? aborted - (rest['cut'] as number) : aborted,
    slowest: each(slowest, withAtMs),
  };
}

function connections({ closedBy, ...rest }: Json): Json {
  return { ...rest, closedBy: part(closedBy, ({ told, ...by }) => ({ ...by, announced: told })) };
}

function hook({ status, ...rest }: Json): Json {
  return withAtMs({ ...rest, outcome: HOOK_OUTCOMES.get(status) ?? status });
}

function flush({ flushed, ...rest }: Json): Json {
  if (typeof flushed !== 'boolean') return { ...rest, outcome: flushed };
  return { ...rest, outcome: flushed ? 'completed' : 'failed' };
}

function withAtMs({ startMs, ...rest }: Json): Json {
  return { ...rest, atMs: startMs };
}

function withLastAtMs({ lastOffsetMs, ...rest }: Json): Json {
  return lastOffsetMs === undefined ? rest : { ...rest, lastAtMs: lastOffsetMs };
}

function part(value: unknown, translate: (value: Json) => Json): unknown {
  return isRecord(value) ? translate(value) : value;
}

function each(value: unknown, translate: (value: Json) => Json): unknown {
  return Array.isArray(value) ? value.map((one: unknown) => part(one, translate)) : value;
}
