import { inspect } from 'node:util';
import { expect, it, vi } from 'vitest';

import { ReportLine } from './report-line.js';
import type { ShutdownReport } from './shutdown-report.js';

const report = { version: 2, result: 'clean' } as ShutdownReport;
const JSON_LINE = '{"message":"Shutdown report","report":{"version":2,"result":"clean"}}';

it('is text to a logger that prints, and an object to one that writes JSON', () => {
  const line = new ReportLine(() => report);
  expect(String(line)).toBe('Shutdown report: {"version":2,"result":"clean"}');
  expect(inspect(line)).toBe(String(line));
  expect(JSON.stringify(line)).toBe(JSON_LINE);
  expect(JSON.stringify(Object.assign({}, line))).toBe(JSON_LINE);
});

it('makes the report once, and only for a logger that writes the line', () => {
  const make = vi.fn<() => ShutdownReport>(() => report);
  const line = new ReportLine(make);
  expect(make).not.toHaveBeenCalled();
  expect(String(line) + String(line)).toContain('clean');
  expect(make).toHaveBeenCalledOnce();
});
