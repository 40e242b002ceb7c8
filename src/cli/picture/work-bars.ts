import type { ReportedHook, ReportedRequest } from '../../report/shutdown-report.js';
import type { Outcome } from '../../shutdown/outcome.js';
import { plain } from '../../shutdown/plain-text.js';
import { type TimeAxis, timeText } from './time-axis.js';

/** Requests or hooks, in the order in which they began. @internal */
export interface WorkBars {
  readonly bars: readonly WorkBar[];
  /** How many do not fit. */
  readonly others: number;
}

/** @internal */
export interface WorkBar {
  readonly label: string;
  readonly atMs: number;
  readonly endMs: number;
  /** Whether it began before the axis does. */
  readonly isClipped: boolean;
  /** `whole`: completed. `broken`: aborted. `cut`: cut or failed. */
  readonly look: 'whole' | 'broken' | 'cut';
  /** Duration and outcome. */
  readonly note: string;
}

const MOST_BARS = 20;

const LOOKS: Readonly<Record<Outcome, WorkBar['look']>> = {
  completed: 'whole',
  aborted: 'broken',
  cut: 'cut',
  failed: 'cut',
};

/** @internal */
export function requestsOf(requests: readonly ReportedRequest[], axis: TimeAxis): WorkBars {
  return workBars(requests, axis);
}

/** @internal */
export function hooksOf(hooks: readonly ReportedHook[], axis: TimeAxis): WorkBars {
  return workBars(
    hooks.map(({ name, ...hook }) => ({ label: name, ...hook })),
    axis,
  );
}

function workBars(work: readonly ReportedRequest[], { fromMs, toMs }: TimeAxis): WorkBars {
  const shown = work.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_BARS);
  const bars = shown
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ label, atMs, ms, outcome }) => ({
      label: plain(label),
      atMs: Math.min(Math.max(atMs, fromMs), toMs),
      endMs: Math.min(Math.max(atMs + ms, fromMs), toMs),
      isClipped: atMs < fromMs,
      look: LOOKS[outcome],
      note: `${timeText(ms)}, ${outcome}`,
    }));
  return { bars, others: work.length - bars.length };
}
