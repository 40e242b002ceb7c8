import type { ShutdownReport } from '../../report/shutdown-report.js';
import { plain } from '../../shutdown/plain-text.js';
import { connectionsText, flushText, participantText, tallyText } from './report-words.js';

/** The facts that have no place on the time axis. @internal */
export interface Paragraph {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly isBad: boolean;
}

const MOST_LINES = 12;
/** Advice is long, and may contain text that a client chose. */
const LONGEST_LINE = 1000;

/** The paragraphs that have content, in reading order. @internal */
export function paragraphsOf(report: ShutdownReport): Paragraph[] {
  const { participants, connections, newConnections, failures, flush, advice } = report;
  const { late } = report.requests;
  const paragraphs = [
    good('work', participants.map(participantText)),
    good('connections', hasConnections(report) ? [connectionsText(connections)] : []),
    good('late requests', late > 0 ? [`${late} came after the grace period`] : []),
    good('late clients', joined(newConnections.lateClients ?? [])),
    bad(
      'failures',
      failures.map(({ where, message }) => `${where}: ${message}`),
    ),
    bad('event loop held by', joined(report.heldBy)),
    bad('other signal listeners', joined(report.foreignListeners)),
    {
      ...good('telemetry flush', flush ? [flushText(flush)] : []),
      isBad: flush !== undefined && flush.outcome !== 'completed',
    },
    good('advice', advice),
  ];
  return paragraphs.filter(({ lines }) => lines.length > 0);
}

function hasConnections({ connections: { atStart, closedBy, left } }: ShutdownReport): boolean {
  return [atStart, left, ...Object.values(closedBy)].some((count) => count > 0);
}

function joined(names: readonly string[]): string[] {
  return names.length > 0 ? [tallyText(names)] : [];
}

function good(heading: string, lines: readonly string[]): Paragraph {
  const others = lines.length - MOST_LINES;
  const shown = lines.slice(0, MOST_LINES).map((line) => plain(line, LONGEST_LINE));
  return { heading, lines: others > 0 ? [...shown, `and ${others} more`] : shown, isBad: false };
}

function bad(heading: string, lines: readonly string[]): Paragraph {
  return { ...good(heading, lines), isBad: true };
}
