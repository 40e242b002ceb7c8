import type { ReportedHook, ReportedState, ShutdownReport } from '../report/shutdown-report.js';

/** The value of the semantic conventions for an error without a better name. */
const OTHER = '_OTHER';

/** The attributes of an error, if there is one. @internal */
export interface ErrorType {
  readonly 'error.type'?: string;
}

/** @internal */
export function errorOfShutdown({ result, trigger, states, hooks }: ShutdownReport): ErrorType {
  if (result === 'clean') return {};
  if (trigger.kind === 'crash') return { 'error.type': 'crash' };
  if (states.some((state) => isOverrun(state))) return { 'error.type': 'drain_timeout' };
  if (result === 'forced') return { 'error.type': 'signal' };
  if (hooks.some(({ outcome }) => outcome === 'cut')) return { 'error.type': 'hook_timeout' };
  return { 'error.type': OTHER };
}

/** @internal */
export function errorOfState(state: ReportedState): ErrorType {
  return isOverrun(state) ? { 'error.type': 'drain_timeout' } : {};
}

/** @internal */
export function errorOfHook({ outcome }: ReportedHook): ErrorType {
  if (outcome === 'completed') return {};
  return { 'error.type': outcome === 'cut' ? 'hook_timeout' : OTHER };
}

/** A teardown that is over time is known by its hooks. */
function isOverrun({ state, endedBy }: ReportedState): boolean {
  return endedBy === 'timeout' && state !== 'closing';
}
