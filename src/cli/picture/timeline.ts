import type { ReportedState, ShutdownReport } from '../../report/shutdown-report.js';
import { loadOf, type LoadSeries } from './load-series.js';
import { type Paragraph, paragraphsOf } from './paragraphs.js';
import {
  newConnectionsText,
  originText,
  probesText,
  endedByText,
  totalText,
  triggerText,
} from './report-words.js';
import { type TimeAxis, timeAxis, timeText } from './time-axis.js';
import { hooksOf, requestsOf, type WorkBars } from './work-bars.js';

/** One shutdown laid out over time, for any renderer. All texts are plain. @internal */
export interface Timeline {
  /** The trigger. */
  readonly title: string;
  readonly result: ShutdownReport['result'];
  readonly total: string;
  readonly origin: string;
  readonly figures: readonly Figure[];
  readonly axis: TimeAxis;
  readonly budget: BudgetEnd;
  readonly states: readonly StateBar[];
  readonly load: readonly LoadSeries[];
  readonly marks: readonly Mark[];
  readonly requests: WorkBars;
  readonly hooks: WorkBars & Magnified;
  readonly paragraphs: readonly Paragraph[];
}

/** A key figure. @internal */
export interface Figure {
  readonly value: number;
  readonly label: string;
  readonly isBad: boolean;
}

/** @internal */
export interface BudgetEnd {
  /** Formatted. */
  readonly end: string;
  /** Undefined if it is so late that everything else would be squeezed. */
  readonly atMs?: number;
}

/** @internal */
export interface StateBar {
  readonly state: ReportedState['state'];
  readonly atMs: number;
  readonly endMs: number;
  readonly took: string;
  readonly end: string;
}

/** The last arrival of something that came repeatedly. @internal */
export interface Mark {
  readonly label: string;
  readonly last?: { readonly atMs: number; readonly text: string };
  readonly text: string;
}

/** @internal */
export interface Magnified {
  /** A magnified axis, if the part would be too small on the main one. */
  readonly axis: TimeAxis;
  readonly isMagnified: boolean;
}

/** The largest ratio of budget to total time that is shown to scale. */
const FAR = 1.4;
/** The largest share of the axis before the start. */
const LEAD = 0.08;
/** A part of the axis that is smaller than this is magnified. */
const SMALL = 0.3;
/** Each state is entered at most once. */
const MOST_STATES = 4;

/** @internal */
export function timelineOf(report: ShutdownReport): Timeline {
  const { totalMs, budget } = report;
  const endMs = budget.totalMs <= totalMs * FAR ? Math.max(totalMs, budget.totalMs) : totalMs;
  const firstMs = Math.min(0, ...report.requests.slowest.map(({ atMs }) => atMs));
  const axis = timeAxis(Math.max(firstMs, -LEAD * endMs), endMs);
  return {
    title: triggerText(report.trigger),
    result: report.result,
    total: totalText(report),
    origin: originText(report),
    figures: figuresOf(report),
    axis,
    budget: {
      end: timeText(budget.totalMs),
      ...(budget.totalMs <= endMs ? { atMs: budget.totalMs } : {}),
    },
    states: statesOf(report),
    load: loadOf(report),
    marks: marksOf(report),
    requests: requestsOf(report.requests.slowest, axis),
    hooks: hooksOnTheirAxis(report, axis),
    paragraphs: paragraphsOf(report),
  };
}

function figuresOf({ requests, connections, failures }: ShutdownReport): Figure[] {
  const { atStart, received, completed, aborted, cut } = requests;
  return [
    { value: atStart, label: 'requests in flight', isBad: false },
    { value: received, label: 'received since', isBad: false },
    { value: completed, label: 'completed', isBad: false },
    { value: aborted, label: 'aborted', isBad: false },
    { value: cut, label: 'cut', isBad: cut > 0 },
    { value: connections.left, label: 'connections left', isBad: connections.left > 0 },
    { value: failures.length, label: 'failures', isBad: failures.length > 0 },
  ];
}

function statesOf({ states }: ShutdownReport): StateBar[] {
  return states
    .filter(({ ms }) => ms > 0)
    .slice(0, MOST_STATES)
    .map(({ state, atMs, ms, endedBy }) => ({
      state,
      atMs,
      endMs: atMs + ms,
      took: timeText(ms),
      end: endedByText(endedBy),
    }));
}

function marksOf({ newConnections, probes }: ShutdownReport): Mark[] {
  const rows = [
    {
      label: 'new connections',
      count: newConnections.count,
      text: newConnectionsText(newConnections),
      lastAtMs: newConnections.lastAtMs,
    },
    {
      label: 'health probes',
      count: probes.answered,
      text: probesText(probes),
      lastAtMs: probes.lastAtMs,
    },
  ];
  return rows
    .filter(({ count }) => count > 0)
    .map(({ label, text, lastAtMs }) => ({
      label,
      text,
      ...(lastAtMs === undefined
        ? {}
        : { last: { atMs: lastAtMs, text: `last at ${timeText(lastAtMs)}` } }),
    }));
}

function hooksOnTheirAxis({ hooks, states }: ShutdownReport, whole: TimeAxis): Timeline['hooks'] {
  const parts = [...hooks, ...states.filter(({ state }) => state === 'closing')];
  const fromMs = Math.min(...parts.map(({ atMs }) => atMs));
  const toMs = Math.max(...parts.map(({ atMs, ms }) => atMs + ms));
  const isMagnified = hooks.length > 0 && toMs - fromMs < SMALL * (whole.toMs - whole.fromMs);
  const axis = isMagnified ? timeAxis(fromMs, toMs) : whole;
  return { ...hooksOf(hooks, axis), axis, isMagnified };
}
