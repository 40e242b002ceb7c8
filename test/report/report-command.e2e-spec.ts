import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { terminalPicture } from '../../src/cli/picture/terminal-picture.js';
import type { ShutdownReport } from '../../src/report/shutdown-report.js';
import { command } from '../support/compiled.js';
import {
  EXAMPLES,
  exampleFile,
  exampleReport,
  STORED,
  storedFile,
} from '../support/example-reports.js';
import { markupProblems } from '../support/markup.js';
import { runNode } from '../support/run-node.js';

let temp = '';

beforeEach(() => {
  temp = realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-drain-report-')));
  copyFileSync(exampleFile('forced'), join(temp, 'forced.json'));
});
afterEach(() => rmSync(temp, { recursive: true }));

/** @param input - what it reads from standard input */
function run(argv: readonly string[], input: string | Buffer = '', nodeArgs: string[] = []) {
  return runNode([...nodeArgs, command, 'report', ...argv], { cwd: temp, input });
}

function written(name: string): string {
  return readFileSync(join(temp, name), 'utf8');
}

describe('nestjs-drain report shows', () => {
  it.each(EXAMPLES)('a report as text, without colours in a pipe: %s', async (name) => {
    expect(await run([exampleFile(name)])).toEqual({
      status: 0,
      stdout: terminalPicture(exampleReport(name)),
      stderr: '',
    });
  });

  it.each(STORED)('a report of version 1: %s', async (name) => {
    const { status, stdout, stderr } = await run([storedFile(name)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/(clean|forced|failed), .+ of .+ s/);
    expect(stdout).not.toContain('undefined');
    expect(stdout).not.toContain('NaN');
  });

  it('a report in a log on standard input', async () => {
    const line = JSON.stringify({ level: 'log', message: { report: exampleReport('failed') } });
    const { status, stdout } = await run(['-'], `starting\n${line}\nbye\n`);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: terminalPicture(exampleReport('failed')),
    });
  });

  it('the last of several reports with --last', async () => {
    const lines = (['forced', 'rolling'] as const).map((name) =>
      JSON.stringify({ report: exampleReport(name) }),
    );
    writeFileSync(join(temp, 'app.log'), lines.join('\n'));
    expect(await run(['app.log', '--last'])).toEqual({
      status: 0,
      stdout: terminalPicture(exampleReport('rolling')),
      stderr: '',
    });
  });

  it('a report in a UTF-16 file, as PowerShell writes it', async () => {
    const text = `\ufeff${JSON.stringify(exampleReport('close'))}\r\n`;
    const { stdout } = await run(['-'], Buffer.from(text, 'utf16le'));
    expect(stdout).toBe(terminalPicture(exampleReport('close')));
  });

  it('a report on Windows, too', async () => {
    const windows = `data:text/javascript,Object.defineProperty(process,'platform',{value:'win32'})`;
    const { status, stdout } = await run(['forced.json'], '', ['--import', windows]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: terminalPicture(exampleReport('forced')),
    });
  });
});

describe('the files that nestjs-drain report writes', () => {
  it('are next to the report, with its name', async () => {
    expect(await run(['--svg', 'forced.json', '--html'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'nestjs-drain: wrote forced.svg\nnestjs-drain: wrote forced.html\n',
    });
    expect(written('forced.svg')).toMatch(/^<svg .*<\/svg>$/s);
    expect(written('forced.html')).toContain(written('forced.svg'));
    expect(markupProblems(written('forced.svg'))).toEqual([]);
  });

  it('have a default name for standard input', async () => {
    await run(['-', '--svg'], written('forced.json'));
    expect(existsSync(join(temp, 'shutdown-report.svg'))).toBe(true);
  });

  it.each([
    ['before the report', ['--svg', 'a.svg', 'forced.json']],
    ['after it', ['forced.json', '--svg', 'a.svg']],
    ['with =', ['forced.json', '--svg=a.svg']],
  ])('may be named %s', async (_, argv) => {
    expect((await run(argv)).status).toBe(0);
    expect(written('a.svg')).toMatch(/^<svg /);
  });

  it('may go to standard output', async () => {
    const { stdout, stderr } = await run(['--html', '-', 'forced.json', '--svg', 'a.svg']);
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    expect(stderr).toBe('nestjs-drain: wrote a.svg\n');
  });

  it('cause an error if they cannot be written', async () => {
    const { status, stderr } = await run(['forced.json', '--svg', 'nowhere/a.svg']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^nestjs-drain: nowhere\/a\.svg cannot be written: ENOENT: .*\n$/);
  });
});

describe('nestjs-drain report shows several reports as a rollout', () => {
  const pods = Array.from({ length: 5 }, (_, i) => podReport(i));

  it('from files and a log, each report once', async () => {
    for (const [i, pod] of pods.slice(0, 3).entries()) {
      writeFileSync(join(temp, `${i}.json`), JSON.stringify(pod));
    }
    const lines = pods.slice(2).map((report) => `pod ${JSON.stringify({ report })}`);
    writeFileSync(join(temp, 'pods.log'), lines.join('\n'));
    const { status, stdout, stderr } = await run(['0.json', '1.json', '2.json', 'pods.log']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^5 shutdowns: 4 clean, 1 forced, 0 failed\n/);
    expect(stdout).toContain('5 x orders 1.4.2');
    expect(stdout).toContain('2 x GET OrdersController.export (cut)');
    expect(stdout).toMatch(/Last new connection +4\.4 s after the signal \(orders-4\)/);
    expect(stdout).toMatch(
      /Advice +3 new connections came late, the last one 4\.4 s .* set gracePeriodMs to 7000, and the platform's time to 32 s\./,
    );
    expect(stdout).toMatch(/\norders-3 +forced +5\.0 s +1 /);
  });

  it('as a page, a picture and data', async () => {
    const log = pods.map((report) => JSON.stringify({ report })).join('\n');
    const { stdout, stderr } = await run(['-', '--html', '--svg', 'a.svg', '--json'], log);
    expect(stderr).toBe('nestjs-drain: wrote a.svg\nnestjs-drain: wrote rollout.html\n');
    expect(markupProblems(written('a.svg'))).toEqual([]);
    expect(written('rollout.html')).toContain('<h1>Rollout: 5 shutdowns: 4 clean');
    expect(JSON.parse(stdout)).toMatchObject({
      count: 5,
      results: { clean: 4, forced: 1, failed: 0 },
      lastConnection: { atMs: 4400, host: 'orders-4' },
    });
  });
});

/** Of a pod whose balancer is late; that of the fourth one cuts two requests. */
function podReport(i: number): ShutdownReport {
  const rolling = exampleReport('rolling');
  const isForced = i === 3;
  const cut = { label: 'GET OrdersController.export', atMs: 0, ms: 5000, outcome: 'cut' } as const;
  return {
    ...rolling,
    pid: 1,
    origin: { host: `orders-${i}`, service: 'orders', version: '1.4.2' },
    budget: { gracePeriodMs: 5000, drainTimeoutMs: 20_000, closeTimeoutMs: 4000, totalMs: 29_000 },
    totalMs: 5000,
    result: isForced ? 'forced' : 'clean',
    exitCode: isForced ? 1 : 0,
    requests: {
      ...rolling.requests,
      cut: isForced ? 2 : 0,
      slowest: isForced ? [cut, cut] : [],
    },
    newConnections: { count: 9, lastAtMs: 4000 + i * 100, late: i === 4 ? 3 : 0 },
    advice: [],
  };
}

describe('nestjs-drain report', () => {
  it('says if there is no report', async () => {
    const { status, stderr } = await run(['-'], '{"level":"log"}\n');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^nestjs-drain: standard input contains no shutdown report: expected .*\n$/,
    );
  });

  it('says if a report has another format', async () => {
    const { status, stderr } = await run(
      ['-'],
      JSON.stringify({ ...exampleReport('close'), version: 3 }),
    );
    expect(status).toBe(1);
    expect(stderr).toContain('cannot be shown: version is 3, expected 1, 2\n');
  });

  it.each([
    [[], 'no report given: name a file that can be read, or - for standard input'],
    [['nowhere.json'], `the report is 'nowhere.json', expected a file that can be read, or -`],
    [['.'], `the report is '.', expected a file that can be read, or -`],
    [
      ['forced.json', 'more.json'],
      `the report is 'more.json', expected a file that can be read, or -`,
    ],
    [['forced.json', '--svg=a.json'], `--svg is 'a.json', expected a file that ends in .svg`],
    [['forced.json', '--svg', '-', '--html', '-'], '--svg and --html both go to standard output'],
    [
      ['forced.json', '--workers', '2'],
      'unknown option --workers of report, expected one of --json',
    ],
  ])('exits with 2 for wrong usage: %j', async (argv, problem) => {
    const { status, stdout, stderr } = await run(argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(problem);
  });
});
