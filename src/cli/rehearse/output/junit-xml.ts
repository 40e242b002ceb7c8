import { element } from '../../picture/svg-element.js';
import type { RehearsalResult, RehearsalRun } from '../result.js';
import { lostOf } from '../tally.js';

interface Case {
  readonly name: string;
  readonly failure?: string;
}

/** A rehearsal as JUnit XML: one test per kind of client, and one for the end. @internal */
export function junitXml({ runs }: RehearsalResult): string {
  const suites = runs.slice(0, 1).map(suite);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, ...suites)}\n`;
}

function suite(run: RehearsalRun): string {
  const cases = casesOf(run);
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  return element(
    'testsuite',
    {
      name: 'nestjs-drain rehearse',
      tests: cases.length,
      failures,
      time: run.goneAfterMs / 1000,
    },
    ...cases.map(({ name, failure }) =>
      element(
        'testcase',
        { classname: 'nestjs-drain.rehearse', name },
        ...(failure === undefined ? [] : [element('failure', { message: failure })]),
      ),
    ),
  );
}

function casesOf({ after, verdict }: RehearsalRun): Case[] {
  const clients = after.map(({ kind, sent, lost }): Case => {
    const count = lostOf(lost);
    const name = `${kind}: nothing is lost`;
    return count === 0 ? { name } : { name, failure: `${count} of ${sent} were lost` };
  });
  const told = verdict.findings.map(({ message }) => message).join(' ');
  const end = { name: 'the service leaves as its platform expects' };
  return [...clients, verdict.findings.length === 0 ? end : { ...end, failure: told }];
}
