import type { ReloadResult, RestartStatus, WorkerStatus } from '../restart/restart-status.js';
import { count } from '../shutdown/amounts.js';

const HEADINGS = ['SLOT', 'PID', 'GENERATION', 'AGE', 'STATE', 'IN FLIGHT'];
/** Columns aligned to the left; numbers are aligned to the right. */
const TEXTS: ReadonlySet<string> = new Set(['STATE']);

/** Formats a status for the terminal. @internal */
export function statusText(status: RestartStatus, now: Date = new Date()): string {
  const rows = [HEADINGS, ...status.workers.toSorted(bySlot).map(cells)];
  return [heading(status, now), lastReload(status.lastReload), '', ...aligned(rows)].join('\n');
}

/** Formats the result of a reload. @internal */
export function reloadText({ outcome, replaced, generation, reason }: ReloadResult): string {
  const workers = `${count(replaced, 'worker')} replaced`;
  if (outcome === 'completed') return `${workers}, generation ${generation}`;
  return `${outcome}, ${workers}: ${reason ?? 'no reason given'}`;
}

/** Formats an age in its two largest units. @internal */
export function ageText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}

function heading(
  { pid, uptimeMs, generation, wanted, workers, isReloading }: RestartStatus,
  now: Date,
) {
  const since = new Date(now.getTime() - uptimeMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const ready = workers.filter(({ phase }) => phase === 'ready').length;
  return [
    `PID ${pid}`,
    `up ${ageText(uptimeMs)} since ${since}`,
    `generation ${generation}`,
    `${ready} ready, ${wanted} wanted`,
    isReloading ? 'reloading' : 'not reloading',
  ].join(', ');
}

function lastReload(result: ReloadResult | undefined): string {
  return `last reload: ${result === undefined ? 'none' : reloadText(result)}`;
}

function bySlot(a: WorkerStatus, b: WorkerStatus): number {
  return a.slot - b.slot || a.ageMs - b.ageMs;
}

function cells({ slot, pid, generation, ageMs, phase, state, inFlight }: WorkerStatus): string[] {
  // While an application is running, its phase says everything.
  const both = state === undefined || state === 'running' ? phase : `${phase}, ${state}`;
  return [`${slot}`, `${pid}`, `${generation}`, ageText(ageMs), both, `${inFlight ?? '-'}`];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        TEXTS.has(HEADINGS[column]!)
          ? cell.padEnd(widths[column]!)
          : cell.padStart(widths[column]!),
      )
      .join('  '),
  );
}
