import { describe, expect, it } from 'vitest';

import { EXAMPLES, exampleReport } from '../../../test/support/example-reports.js';
import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { parseReport } from './parse-report.js';

const rolling = exampleReport('rolling');
const failed = exampleReport('failed');

function errorOf(content: string): GracefulShutdownError {
  try {
    parseReport(content, 'a.json');
  } catch (error) {
    if (error instanceof GracefulShutdownError) return error;
    throw error;
  }
  throw new Error('the report was accepted');
}

describe('a report is found', () => {
  it.each(EXAMPLES)('in a file of its own: %s', (name) => {
    const report = exampleReport(name);
    expect(parseReport(JSON.stringify(report, null, 2), 'a')).toEqual({ report, count: 1 });
  });

  it.each<[string, string]>([
    ['what a logger puts beside it', JSON.stringify({ level: 'log', pid: 1, report: rolling })],
    ['a message', JSON.stringify({ level: 'log', message: { report: rolling } })],
    ['a message that is a text', JSON.stringify({ message: JSON.stringify({ report: rolling }) })],
    [
      'what Docker writes',
      JSON.stringify({ log: `${JSON.stringify({ message: { report: rolling } })}\n`, stream: 'a' }),
    ],
    [
      'a list, as log stores export it',
      JSON.stringify([{ a: 1 }, { payload: { report: rolling } }]),
    ],
    ['text before it', `web-1  | [Nest] 7 {x} LOG ${JSON.stringify({ report: rolling })}`],
    ['a file of Windows', `one\r\n${JSON.stringify(rolling)}\r\n`],
  ])('within %s', (_, content) => {
    expect(parseReport(content, 'a')).toEqual({ report: rolling, count: 1 });
  });

  it('of several the last one', () => {
    const lines = [rolling, failed].map((report) => JSON.stringify({ message: { report } }));
    const noise = ['states of {matter}', '{"message":"the states of it"}', ''];
    const content = [noise, lines[0], noise, lines[1], noise].flat().join('\n');
    expect(parseReport(content, 'a')).toEqual({ report: failed, count: 2 });
  });

  it('of a later version of the package, with more fields', () => {
    const later = { ...rolling, weather: 'fine' };
    expect(parseReport(JSON.stringify(later), 'a').report).toEqual(later);
  });
});

describe('no report', () => {
  it.each(['', '{}', '[]', 'null', '12', 'not json', '{"states":[]}', 'states {"states":'])(
    'is in %j',
    (content) => {
      const { code, message } = errorOf(content);
      expect(code).toBe('ERR_SHUTDOWN_NO_REPORT');
      expect(message).toMatch(/^a\.json holds no shutdown report: expected is the JSON of/);
    },
  );

  it('is where it is nested without an end', () => {
    const content = `${'[{"a":'.repeat(50)}${JSON.stringify(rolling)}${'}]'.repeat(50)}`;
    expect(errorOf(content).code).toBe('ERR_SHUTDOWN_NO_REPORT');
  });
});

describe('a report that is wrong', () => {
  it.each<[string, object]>([
    ['version is 2, expected is 1', { version: 2 }],
    ['pid is "1", expected is a number of 0 or more', { pid: '1' }],
    ['totalMs is -1, expected is a number of 0 or more', { totalMs: -1 }],
    ['outcome is "good", expected is clean, forced, failed', { outcome: 'good' }],
    ['budget is missing, expected is an object', { budget: undefined }],
    ['states is an object, expected is a list', { states: {} }],
    [
      'states[0].startMs is missing, expected is a number',
      { states: [{ state: 'grace', ms: 1, endedBy: 'done' }] },
    ],
    ['advice[1] is null, expected is a text', { advice: ['a', null] }],
    ['flush.flushed is 1, expected is true or false', { flush: { flushed: 1, ms: 1 } }],
  ])('%s', (problem, changes) => {
    const { code, message } = errorOf(JSON.stringify({ ...rolling, ...changes }));
    expect(code).toBe('ERR_SHUTDOWN_INVALID_REPORT');
    expect(message).toBe(`a.json holds a shutdown report that cannot be shown: ${problem}`);
  });

  it('has no number that no clock has', () => {
    const content = JSON.stringify(rolling).replace('"totalMs":7184', '"totalMs":1e999');
    expect(errorOf(content).message).toContain(
      'totalMs is null, expected is a number of 0 or more',
    );
  });

  it('is told with some of its problems', () => {
    const { message } = errorOf('{"version":1,"trigger":{},"states":[]}');
    expect(message.split('; ')).toHaveLength(6);
    expect(message).toMatch(/; and \d+ more$/);
  });
});
