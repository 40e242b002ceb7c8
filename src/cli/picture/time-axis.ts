/** The time axis of a picture, in ms after the start of the shutdown. @internal */
export interface TimeAxis {
  readonly fromMs: number;
  /** Always after `fromMs`. */
  readonly toMs: number;
  readonly ticks: readonly Tick[];
}

/** @internal */
export interface Tick {
  readonly atMs: number;
  readonly label: string;
}

const MOST_TICKS = 9;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Round steps for tick marks. */
const STEPS_MS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
];

/** @internal */
export function timeAxis(fromMs: number, toMs: number): TimeAxis {
  const end = Math.max(toMs, fromMs + 1);
  const span = end - fromMs;
  const step =
    STEPS_MS.find((ms) => span / ms < MOST_TICKS) ?? Math.ceil(span / MOST_TICKS / MINUTE) * MINUTE;
  const first = Math.max(0, Math.ceil(fromMs / step));
  const ticks: Tick[] = [];
  for (let n = first; n * step <= end && ticks.length <= MOST_TICKS; n += 1) {
    ticks.push({ atMs: n * step, label: tickLabel(n * step, step, end) });
  }
  return { fromMs, toMs: end, ticks };
}

/** The position on the axis: 0 at its start, 1 at its end, clamped. @internal */
export function placeOf(ms: number, { fromMs, toMs }: TimeAxis): number {
  return Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
}

/** Formats a duration: `85 ms`, `7.2 s`, `1 min 30 s`. @internal */
export function timeText(ms: number): string {
  if (Math.round(Math.abs(ms)) < SECOND) return `${Math.round(ms)} ms`;
  if (Math.abs(ms) < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(Math.abs(ms) / SECOND);
  const minutes = `${ms < 0 ? '-' : ''}${Math.floor(seconds / 60)} min`;
  return seconds % 60 === 0 ? minutes : `${minutes} ${seconds % 60} s`;
}

function tickLabel(ms: number, step: number, end: number): string {
  if (ms === 0) return '0';
  if (step >= MINUTE) return `${ms / MINUTE} min`;
  if (step >= SECOND) return `${ms / SECOND} s`;
  if (end < SECOND) return `${ms} ms`;
  const digits = step >= 100 ? 1 : step >= 10 ? 2 : 3;
  return `${(ms / SECOND).toFixed(digits)} s`;
}
