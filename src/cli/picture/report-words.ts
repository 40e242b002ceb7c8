import type {
  ReportedConnections,
  ReportedFlush,
  ReportedNewConnections,
  ReportedParticipant,
  ReportedProbes,
  ReportedState,
  ReportedTrigger,
  ShutdownReport,
} from '../../report/shutdown-report.js';
import { plain } from '../../shutdown/plain-text.js';
import { timeText } from './time-axis.js';

// The texts of a report, shared by all pictures.

const ENDED_BY: Readonly<Record<ReportedState['endedBy'], string>> = {
  elapsed: 'time elapsed',
  quiet: 'no more traffic',
  done: 'done',
  timeout: 'timed out',
  signal: 'a second signal',
  exit: 'the process ended',
};

/** @internal */
export function triggerText({ kind, signal, typed, reason }: ReportedTrigger): string {
  const names: Readonly<Record<ReportedTrigger['kind'], string>> = {
    signal: `${signal ?? 'A signal'}${typed ? ' at the terminal' : ''}`,
    request: 'shutdown()',
    restart: 'A restart',
    crash: 'A crash',
    close: 'app.close()',
  };
  return plain(reason === undefined ? names[kind] : `${names[kind]}: ${reason}`);
}

/** @internal */
export function totalText({ totalMs, budget, exitCode }: ShutdownReport): string {
  const total = `${timeText(totalMs)} of ${timeText(budget.totalMs)}`;
  return exitCode === undefined ? total : `${total}, exit code ${exitCode}`;
}

/** @internal */
export function originText({ pid, origin, startedAt }: ShutdownReport): string {
  const { host, service, version } = origin ?? {};
  const name = [service, version].filter((part) => part !== undefined).join(' ');
  const place = [name, host].filter((part) => part !== undefined && part !== '').join(' on ');
  return plain(`${place && `${place}, `}process ${pid}, ${startedAt}`);
}

/** @internal */
export function endedByText(endedBy: ReportedState['endedBy']): string {
  return ENDED_BY[endedBy];
}

/** @internal */
export function newConnectionsText({ count, late }: ReportedNewConnections): string {
  return sentence(`${count} new`, late > 0 && `${late} late`);
}

/** @internal */
export function probesText({ answered, failing }: ReportedProbes): string {
  return sentence(`${answered} answered`, `${failing} red`);
}

/** @internal */
export function connectionsText({ atStart, closedBy, left }: ReportedConnections): string {
  const { announced, idle, peer, cut } = closedBy;
  const closed = `closed: ${announced} announced, ${idle} idle, ${peer} by their peer, ${cut} cut`;
  return `${atStart} at the start; ${closed}; ${left} left`;
}

/** @internal */
export function participantText({ name, atStart, cut, summary }: ReportedParticipant): string {
  const isToldByItself = atStart === 0 && cut === 0 && summary !== undefined;
  if (isToldByItself) return plain(`${name}: ${summary}`);
  const figures = sentence(`${atStart} at the start`, cut > 0 && `${cut} cut`);
  return plain(`${name}: ${figures}${summary === undefined ? '' : `; ${summary}`}`);
}

/** @internal */
export function flushText({ outcome, ms }: ReportedFlush): string {
  return `${outcome} after ${timeText(ms)}`;
}

/** Lists names, equal ones once with their count. @internal */
export function tallyText(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names.map((one) => plain(one))) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} (${count})` : name)).join(', ');
}

function sentence(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false).join(', ');
}
