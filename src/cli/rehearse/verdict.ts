import { seconds } from '../../shutdown/amounts.js';
import { type Finding, type FindingContext, findingsOf } from './findings.js';
import type { Rehearsal } from './rehearsal.js';
import { lostOf, sumOf } from './tally.js';

/** The verdict on a rehearsal. @internal */
export interface Verdict {
  /** Whether a deploy loses nothing and stays within the platform's time limit. */
  readonly ok: boolean;
  readonly sentence: string;
  readonly findings: readonly Finding[];
}

/** @internal */
export function verdictOn(run: Rehearsal, context: FindingContext): Verdict {
  const { sent, lost } = sumOf(run.after);
  const count = lostOf(lost);
  const findings = findingsOf(run, context);
  const ok = count === 0 && findings.length === 0;
  const took = seconds(run.goneAfterMs);
  const { name } = context.platform;
  const patience = `${context.patienceMs / 1000} s`;
  if (ok) {
    return {
      ok,
      findings,
      sentence: `Nothing was lost: ${sent} of ${sent} answered, gone after ${took} of the ${patience} that ${name} allows.`,
    };
  }
  const losses = count === 0 ? 'Nothing was lost' : `${count} of ${sent} were lost`;
  const end = run.wasKilled ? `killed after ${patience}` : `gone after ${took}`;
  return { ok, findings, sentence: `${losses}, and the service was ${end}: see below.` };
}
