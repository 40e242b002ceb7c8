import type { ShutdownReport } from '../../report/shutdown-report.js';
import { noReport, wrongReport } from './picture.errors.js';
import { REPORT_SHAPE } from './report-shape.js';
import { isRecord } from './shape.js';
import { spreadReports } from './spread-report.js';
import { fromVersion1 } from './version-1.js';

/** How deep loggers and log collectors nest an object. */
const DEEPEST = 5;
const MOST_PROBLEMS = 5;

/**
 * Finds the reports in a JSON file or a log: as one line, wrapped by a logger or a container
 * runtime, after other text, or spread over several lines.
 *
 * @param source - the name of the text, for errors
 * @throws GracefulShutdownError `ERR_SHUTDOWN_NO_REPORT` or `ERR_SHUTDOWN_INVALID_REPORT`
 * @internal
 */
export function parseReports(content: string, source: string): ShutdownReport[] {
  return foundIn(content, source).map((report) => checked(report, source));
}

/** Finds the last report. @internal */
export function parseReport(content: string, source: string): ShutdownReport {
  return checked(foundIn(content, source).at(-1), source);
}

function foundIn(content: string, source: string): unknown[] {
  const whole = jsonOf(content);
  const reports = whole === undefined ? inLog(content) : reportsIn(whole);
  if (reports.length === 0) throw noReport(source);
  return reports;
}

function checked(found: unknown, source: string): ShutdownReport {
  const report = fromVersion1(found);
  const problems = REPORT_SHAPE(report, '');
  const others = problems.length - MOST_PROBLEMS;
  if (others > 0) problems.splice(MOST_PROBLEMS, others, `and ${others} more`);
  if (problems.length > 0) throw wrongReport(source, problems);
  return report as ShutdownReport;
}

function inLog(content: string): unknown[] {
  const reports = content.split('\n').flatMap(inLine);
  return reports.length > 0 ? reports : spreadReports(content).filter(isReport);
}

/** Skips lines that cannot contain a report, because parsing is slow. */
function inLine(line: string): unknown[] {
  if (!line.includes('states')) return [];
  const starts = [line.indexOf('{'), line.indexOf('{"')];
  const found = starts.map((start) => (start < 0 ? undefined : jsonOf(line.slice(start))));
  return reportsIn(found.find((value) => value !== undefined));
}

function reportsIn(value: unknown, depth = 0): unknown[] {
  if (depth > DEEPEST) return [];
  if (isReport(value)) return [value];
  // Some loggers put JSON into a JSON string.
  if (typeof value === 'string') return value.includes('states') ? inText(value, depth) : [];
  if (Array.isArray(value)) return value.flatMap((one) => reportsIn(one, depth + 1));
  if (isRecord(value)) return Object.values(value).flatMap((one) => reportsIn(one, depth + 1));
  return [];
}

function inText(value: string, depth: number): unknown[] {
  const start = value.indexOf('{');
  return start < 0 ? [] : reportsIn(jsonOf(value.slice(start)), depth + 1);
}

/** Tells a report from other objects. Validation with precise errors follows later. */
function isReport(value: unknown): boolean {
  return isRecord(value) && 'version' in value && 'trigger' in value && 'states' in value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
