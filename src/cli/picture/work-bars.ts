import type { ReportedHook, ReportedRequest } from '../../report/shutdown-report.js';
import { plain } from '../../shutdown/plain-text.js';
import { type TimeAxis, timeText } from './time-axis.js';

/** Pieces of work, one under the other in the order they began. @internal */
export interface WorkBars {
  readonly bars: readonly WorkBar[];
  /** How many there is no room for. */
  readonly others: number;
}

/** @internal */
export interface WorkBar {
  readonly label: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether it began before the axis does. */
  readonly isClipped: boolean;
  /** `whole`: as it should be. `broken`: it came to no good end. `cut`: somebody ended it. */
  readonly look: 'whole' | 'broken' | 'cut';
  /** Time and end. */
  readonly note: string;
}

const MOST_BARS = 20;

const REQUEST_LOOKS: Readonly<Record<ReportedRequest['outcome'], WorkBar['look']>> = {
  completed: 'whole',
  aborted: 'broken',
  cut: 'cut',
};
const HOOK_LOOKS: Readonly<Record<ReportedHook['status'], WorkBar['look']>> = {
  done: 'whole',
  unfinished: 'broken',
  failed: 'cut',
};

/** @internal */
export function requestsOf(requests: readonly ReportedRequest[], axis: TimeAxis): WorkBars {
  return workBars(
    requests,
    ({ label, outcome }) => ({ label, end: outcome, look: REQUEST_LOOKS[outcome] }),
    axis,
  );
}

/** @internal */
export function hooksOf(hooks: readonly ReportedHook[], axis: TimeAxis): WorkBars {
  return workBars(
    hooks,
    ({ name, status }) => ({ label: name, end: status, look: HOOK_LOOKS[status] }),
    axis,
  );
}

function workBars<Work extends { readonly startMs: number; readonly ms: number }>(
  work: readonly Work[],
  describe: (one: Work) => { label: string; end: string; look: WorkBar['look'] },
  { fromMs, toMs }: TimeAxis,
): WorkBars {
  const shown = work.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_BARS);
  const bars = shown
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((one) => {
      const { label, end, look } = describe(one);
      return {
        label: plain(label),
        startMs: Math.min(Math.max(one.startMs, fromMs), toMs),
        endMs: Math.min(Math.max(one.startMs + one.ms, fromMs), toMs),
        isClipped: one.startMs < fromMs,
        look,
        note: `${timeText(one.ms)}, ${end}`,
      };
    });
  return { bars, others: work.length - bars.length };
}
