import type { ReportedState } from '../../report/shutdown-report.js';
import type { Ink } from './terminal-ink.js';

type State = ReportedState['state'];

/** Distinguishable without colours. @internal */
export const STATE_LETTERS: Readonly<Record<State, string>> = {
  grace: '░',
  draining: '▒',
  forcing: '▓',
  closing: '█',
};

/** @internal */
export const STATE_INKS: Readonly<Record<State, Ink>> = {
  grace: 'blue',
  draining: 'cyan',
  forcing: 'yellow',
  closing: 'magenta',
};
