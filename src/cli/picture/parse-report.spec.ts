import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { EXAMPLES, exampleReport } from '../../../test/support/example-reports.js';
import { ReportLine } from '../../report/report-line.js';
import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { parseReport, parseReports } from './parse-report.js';

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
    expect(parseReport(JSON.stringify(report, null, 2), 'a')).toEqual(report);
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
    expect(parseReport(content, 'a')).toEqual(rolling);
  });

  it.each<[string, string]>([
    ['JSON with indents, as pino-pretty writes it', JSON.stringify(rolling, null, 2)],
    ['util.inspect()', inspect(rolling, { depth: null, maxArrayLength: null })],
    ['util.inspect() in colours', inspect(rolling, { depth: null, colors: true })],
    ['an object around it', inspect({ a: { report: rolling } }, { depth: null })],
    [
      'Compose before each line',
      JSON.stringify(rolling, null, 2).replaceAll(/^/gm, 'web-1  | 2026-01-01T00:00:00.1Z '),
    ],
    [
      'kubectl before each line',
      JSON.stringify(rolling, null, 2).replaceAll(/^/gm, '[pod/web-0/app] '),
    ],
  ])('spread over several lines: %s', (_, printed) => {
    const content = `one {\n[12:00] INFO: Shutdown report\n    report: ${printed}\n{ two: '\n`;
    expect(parseReport(content, 'a')).toEqual(rolling);
  });

  it('if its texts need quotes and escapes', () => {
    const message = `it's "a" \`b\`\n\\ \u0001 é 🚀 {[,:`;
    const report = { ...failed, failures: [{ where: 'x', message }] };
    expect(parseReport(`a\n${inspect(report, { depth: null })}`, 'a')).toEqual(report);
  });

  it('as printed by a logger that prints objects to a depth of two', () => {
    const { report } = new ReportLine(() => rolling);
    const printed = inspect({ level: 'info', nested: { more: report } });
    expect(parseReport(`one\n${printed}\n`, 'a')).toEqual(rolling);
  });

  it('among others: the last one, or all of them', () => {
    const lines = [rolling, failed].map((report) => JSON.stringify({ message: { report } }));
    const noise = ['states of {matter}', '{"message":"the states of it"}', ''];
    const content = [noise, lines[0], noise, lines[1], noise].flat().join('\n');
    expect(parseReport(content, 'a')).toEqual(failed);
    expect(parseReports(content, 'a')).toEqual([rolling, failed]);
  });

  it('if a later version of the package has added fields', () => {
    const later = { ...rolling, weather: 'fine' };
    expect(parseReport(JSON.stringify(later), 'a')).toEqual(later);
  });
});

describe('a missing report', () => {
  it.each(['', '{}', '[]', 'null', '12', 'not json', '{"states":[]}', 'states {"states":'])(
    'is an error: %j',
    (content) => {
      const { code, message } = errorOf(content);
      expect(code).toBe('ERR_SHUTDOWN_NO_REPORT');
      expect(message).toMatch(/^a\.json contains no shutdown report: expected the JSON of/);
    },
  );

  it('is an error, as is one that is nested too deeply', () => {
    const content = `${'[{"a":'.repeat(50)}${JSON.stringify(rolling)}${'}]'.repeat(50)}`;
    expect(errorOf(content).code).toBe('ERR_SHUTDOWN_NO_REPORT');
  });
});

describe('a report that was made to be a burden', () => {
  it.each(['hooks', 'advice', 'samples', 'participants', 'heldBy'] as const)(
    'is rejected for 200,000 %s',
    (field) => {
      const [one = 'a'] = rolling[field];
      const many = Array.from({ length: 200_000 }, () => one);
      const { code, message } = errorOf(JSON.stringify({ ...rolling, [field]: many }));
      expect(code).toBe('ERR_SHUTDOWN_INVALID_REPORT');
      expect(message).toContain(`${field} has 200000 entries, expected at most 10000`);
    },
  );

  it('is rejected for 20,000 levels of nesting', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    for (const content of [deep, `{"version":1,"trigger":${deep},"states":[]}`]) {
      expect(errorOf(content).code).toMatch(/^ERR_SHUTDOWN_/);
      expect(errorOf(`a log\n${content}\n`).code).toMatch(/^ERR_SHUTDOWN_/);
      const indented = content.replaceAll(/[[\]]/g, '$&\n');
      expect(errorOf(`a log\n${indented}\n`).code).toBe('ERR_SHUTDOWN_NO_REPORT');
    }
  });

  it('takes linear time to parse, such as a log full of report prefixes', () => {
    const before = performance.now();
    for (const one of ["{version:1,a:'", '{version:1,a:{', '{version:1,a:[1,', '{"version":1,']) {
      expect(errorOf(one.repeat(200_000)).code).toBe('ERR_SHUTDOWN_NO_REPORT');
    }
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it('has its control characters removed in the message', () => {
    const text = '\u009b2J\u202e\u2028\ud800';
    const { message } = errorOf(JSON.stringify({ ...rolling, result: text, pid: text }));
    expect(message).toContain('result is "');
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
  });
});

describe('an invalid report is rejected', () => {
  it.each<[string, object]>([
    ['version is 3, expected 1, 2', { version: 3 }],
    ['pid is "1", expected a number of 0 or more', { pid: '1' }],
    ['totalMs is -1, expected a number of 0 or more', { totalMs: -1 }],
    ['result is "good", expected clean, forced, failed', { result: 'good' }],
    ['budget is missing, expected an object', { budget: undefined }],
    ['states is an object, expected a list', { states: {} }],
    [
      'states[0].atMs is missing, expected a number',
      { states: [{ state: 'grace', ms: 1, endedBy: 'done' }] },
    ],
    ['advice[1] is null, expected a string', { advice: ['a', null] }],
    [
      'flush.outcome is true, expected completed, aborted, cut, failed',
      { flush: { outcome: true, ms: 1 } },
    ],
  ])('%s', (problem, changes) => {
    const { code, message } = errorOf(JSON.stringify({ ...rolling, ...changes }));
    expect(code).toBe('ERR_SHUTDOWN_INVALID_REPORT');
    expect(message).toBe(`a.json contains a shutdown report that cannot be shown: ${problem}`);
  });

  it('for a number that is not finite', () => {
    const content = JSON.stringify(rolling).replace('"totalMs":7184', '"totalMs":1e999');
    expect(errorOf(content).message).toContain('totalMs is null, expected a number of 0 or more');
  });

  it('with the first of its problems', () => {
    const { message } = errorOf('{"version":2,"trigger":{},"states":[]}');
    expect(message.split('; ')).toHaveLength(6);
    expect(message).toMatch(/; and \d+ more$/);
  });
});
