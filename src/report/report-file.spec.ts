import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { exampleReport } from '../../test/support/example-reports.js';
import { isOwnFile, writeReportFile } from './report-file.js';
import { RunMarker } from './run-marker.js';

const report = exampleReport('rolling');
let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-file-'));
  file = join(folder, 'report.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function makeFifo(path: string): void {
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe('a report file', () => {
  it('stays a link if it is one, and the target is replaced', () => {
    const target = join(folder, 'target.json');
    writeFileSync(target, 'before');
    symlinkSync('target.json', file);
    writeReportFile(file, report);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(read(target)).toEqual(report);
  });

  it('creates the target of a dangling link', () => {
    symlinkSync('target.json', file);
    writeReportFile(file, report);
    expect(read(join(folder, 'target.json'))).toEqual(report);
  });

  it('is written to, not replaced, if it is a pipe', () => {
    makeFifo(file);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    writeReportFile(file, report);
    const bytes = Buffer.alloc(100_000);
    const content = bytes.toString('utf8', 0, readSync(reader, bytes));
    closeSync(reader);
    expect(JSON.parse(content)).toEqual(report);
    expect(lstatSync(file).isFIFO()).toBe(true);
    expect(isOwnFile(file)).toBe(false);
  });

  it('fails at once if it is a pipe without a reader', () => {
    makeFifo(file);
    expect(() => writeReportFile(file, report)).toThrow('ENXIO');
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it('is written to, not replaced, if it links to a device', () => {
    symlinkSync('/dev/null', file);
    writeReportFile(file, report);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('is not written through a link that stands in place of its draft', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, `${file}.${report.pid}.tmp`);
    writeReportFile(file, report);
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(lstatSync(file).isFile()).toBe(true);
    expect(read(file)).toEqual(report);
  });
});

describe('the marker of a run', () => {
  const run = { pid: process.pid, startedAt: '2026-01-01T00:00:00.000Z', state: 'draining' };

  it('is found by the next run', () => {
    writeFileSync(file, JSON.stringify(run));
    expect(new RunMarker(file).begin()).toEqual(run);
    expect(read(file)).toMatchObject({ pid: process.pid, state: 'running' });
  });

  it.each<[string, unknown]>([
    ['is too long', { ...run, more: 'x'.repeat(10_000) }],
    ['has another state', { ...run, state: '\u001b[2Jdraining' }],
    ['has another time', { ...run, startedAt: '\u202e2026' }],
    ['has no process', { ...run, pid: -1 }],
    ['is nothing', null],
  ])('is ignored if it %s', (_, content) => {
    writeFileSync(file, JSON.stringify(content));
    expect(new RunMarker(file).begin()).toBeUndefined();
    expect(read(file)).toMatchObject({ pid: process.pid, state: 'running' });
  });

  it('does not make the start wait if it is a pipe', () => {
    makeFifo(file);
    const marker = new RunMarker(file);
    expect(() => marker.begin()).toThrow('ENXIO');
    marker.remove();
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it('is not read through a link', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, file);
    expect(() => new RunMarker(file).begin()).toThrow('ELOOP');
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });
});
