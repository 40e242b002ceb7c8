import type { ReportedSample, ShutdownReport } from '../../report/shutdown-report.js';

/** A value over time, as steps. @internal */
export interface LoadSeries {
  readonly label: string;
  readonly steps: readonly LoadStep[];
  /** The highest value; at least 1. */
  readonly most: number;
}

/** @internal */
export interface LoadStep {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
}

const MOST_SAMPLES = 200;

/** The series that are not always 0. @internal */
export function loadOf({ samples, totalMs }: ShutdownReport): LoadSeries[] {
  const shown = samples.slice(0, MOST_SAMPLES);
  const all: [string, LoadStep[]][] = [
    ['in flight', after(shown, totalMs, ({ inFlight }) => inFlight)],
    ['connections', after(shown, totalMs, ({ connections }) => connections)],
    ['requests received', before(shown, ({ received }) => received)],
  ];
  return all
    .filter(([, steps]) => steps.some(({ value }) => value > 0))
    .map(([label, steps]) => ({
      label,
      steps,
      most: Math.max(...steps.map(({ value }) => value)),
    }));
}

/** For a gauge: the value holds until the next sample. */
function after(
  samples: readonly ReportedSample[],
  totalMs: number,
  valueOf: (sample: ReportedSample) => number,
): LoadStep[] {
  return samples.map((sample, index) => ({
    fromMs: sample.atMs,
    toMs: samples[index + 1]?.atMs ?? Math.max(totalMs, sample.atMs),
    value: valueOf(sample),
  }));
}

/** For a count: the value covers the time since the previous sample. */
function before(
  samples: readonly ReportedSample[],
  valueOf: (sample: ReportedSample) => number,
): LoadStep[] {
  return samples.map((sample, index) => ({
    fromMs: samples[index - 1]?.atMs ?? Math.min(0, sample.atMs),
    toMs: sample.atMs,
    value: valueOf(sample),
  }));
}
