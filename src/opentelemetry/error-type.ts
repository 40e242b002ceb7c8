import type { ReportedHook, ReportedState, ShutdownReport } from '../report/shutdown-report.js';

/** Semantic conventions: an error for which there is no better name. */
const OTHER = '_OTHER';

/** What is said of an error, if there is one. @internal */
export interface ErrorType {
  readonly 'error.type'?: string;
}

/** @internal */
export function errorOfShutdown({ outcome, trigger, states, hooks }: ShutdownReport): ErrorType {
  if (outcome === 'clean') return {};
  if (trigger.kind === 'crash') return { 'error.type': 'crash' };
  if (states.some((state) => isOverrun(state))) return { 'error.type': 'drain_timeout' };
  if (outcome === 'forced') return { 'error.type': 'signal' };
  if (hooks.some(({ status }) => status === 'unfinished')) return { 'error.type': 'hook_timeout' };
  return { 'error.type': OTHER };
}

/** @internal */
export function errorOfState(state: ReportedState): ErrorType {
  return isOverrun(state) ? { 'error.type': 'drain_timeout' } : {};
}

/** @internal */
export function errorOfHook({ status }: ReportedHook): ErrorType {
  if (status === 'done') return {};
  return { 'error.type': status === 'unfinished' ? 'hook_timeout' : OTHER };
}

/** A closing that is over time is known by its hooks. */
function isOverrun({ state, endedBy }: ReportedState): boolean {
  return endedBy === 'timeout' && state !== 'closing';
}
