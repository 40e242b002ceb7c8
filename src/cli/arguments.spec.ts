import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
import { parseArguments } from './arguments.js';
import { processors } from './processors.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-arguments-'));
const main = join(folder, 'main.js');
const hooks = join(folder, 'hooks.mjs');

beforeAll(() => {
  writeFileSync(main, '');
  writeFileSync(hooks, '');
  mkdirSync(join(folder, 'dist'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(...argv: string[]): string {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof GracefulShutdownError && error.code === 'ERR_RESTART_USAGE') {
      return error.message;
    }
    throw error;
  }
  throw new Error('the arguments were accepted');
}

describe('the command line of a service', () => {
  it('needs only the script', () => {
    expect(parseArguments([main])).toEqual({
      action: 'run',
      script: main,
      args: [],
      options: {},
      given: [],
    });
  });

  it.each([
    ['before', ['--workers', '2', '--soak=0', main]],
    ['after', [main, '--workers', '2', '--soak=0']],
    ['around', ['--workers=2', main, '--soak', '0']],
  ])('takes options %s the script', (_, argv) => {
    expect(parseArguments(argv)).toMatchObject({
      script: main,
      options: { workers: 2, soakMs: 0 },
      given: ['--workers', '--soak'],
    });
  });

  it('takes all options', () => {
    const run = ['--workers', 'max', '--ready-timeout', '2m', '--ready-path', '/health/ready'];
    const files = ['--pid-file', 'run/a.pid', '--hooks', hooks, '--control', 'a.sock'];
    const { options } = parseArguments([...run, '--soak', '250ms', ...files, main]) as {
      options: unknown;
    };
    expect(options).toEqual({
      workers: processors(),
      readyTimeoutMs: 120_000,
      readyPath: '/health/ready',
      soakMs: 250,
      pidFile: resolve('run/a.pid'),
      hooks,
      control: resolve('a.sock'),
    });
  });

  it('passes on what comes after --, unchanged', () => {
    const args = ['--workers', '9', '--', '--help', 'reload', '-x', ''];
    expect(parseArguments([main, '--workers', '2', '--', ...args])).toMatchObject({
      action: 'run',
      args,
      options: { workers: 2 },
    });
  });

  it('finds the script as node does', () => {
    const withoutExtension = main.slice(0, -'.js'.length);
    expect(parseArguments([withoutExtension])).toMatchObject({ script: main });
  });

  it('takes the last value of a repeated option', () => {
    expect(parseArguments([main, '--workers', '2', '--workers', '3'])).toMatchObject({
      options: { workers: 3 },
    });
  });
});

describe('an error of usage names the option, its value, and what is allowed', () => {
  it.each([
    ['--workers', '0', 'a whole number from 1 to 1024, or max'],
    ['--workers', '-1', 'a whole number from 1 to 1024, or max'],
    ['--workers', '1.5', 'a whole number from 1 to 1024, or max'],
    ['--workers', '2x', 'a whole number from 1 to 1024, or max'],
    ['--workers', '1025', 'a whole number from 1 to 1024, or max'],
    ['--workers', '', 'a whole number from 1 to 1024, or max'],
    ['--ready-timeout', '0', 'more than 0, in milliseconds or with a unit: 4000, 250ms'],
    ['--ready-timeout', '5 parsecs', 'more than 0, in milliseconds or with a unit: 4000, 250ms'],
    ['--soak', '-1', 'milliseconds or with a unit: 4000, 250ms, 1.5s, 2m; at most a day'],
    ['--soak', 'NaN', 'milliseconds or with a unit: 4000, 250ms, 1.5s, 2m; at most a day'],
    ['--ready-path', 'ready', 'a path that begins with /'],
    ['--ready-path', '/a b', 'a path that begins with /'],
    ['--pid-file', '', 'a path'],
    ['--hooks', '/nowhere/hooks.js', 'a file that can be read'],
    ['--control', `/${'x'.repeat(107)}`, 'the path of a Unix socket, of at most'],
  ])('for %s %s', (option, value, allowed) => {
    expect(problemsOf(option, value, main)).toContain(
      `wrong usage: ${option} is '${value}', expected ${allowed}`,
    );
  });

  it('for --pid', () => {
    expect(problemsOf('reload', '--pid', '0')).toContain(`--pid is '0', expected the PID of`);
  });

  it('for all wrong options at once', () => {
    const text = problemsOf('--workers', '0', '--soak', '1 s', '/nowhere.js', 'extra');
    expect(text.match(/^ {2}- .*/gm)).toEqual([
      expect.stringContaining(`--workers is '0'`),
      expect.stringContaining(`--soak is '1 s'`),
      `  - the script is '/nowhere.js', expected a file that can be read, such as dist/main.js`,
      `  - unexpected 'extra': arguments for the application come after --`,
    ]);
  });
});

describe('an error of usage', () => {
  it.each([
    ['no script', [], 'no script given: name the main file'],
    ['a script that is a folder', [folder], `the script is '${folder}'`],
    [
      'an unknown option',
      ['--cores', '2', main],
      'unknown option --cores, expected one of --workers, ',
    ],
    ['an unknown letter', ['-w', main], 'unknown option -w, expected one of --workers, '],
    ['a name that every object has', ['--constructor', main], 'unknown option --constructor,'],
    ['an option without a value', [main, '--workers'], '--workers has no value, expected a whole'],
    ['an option for a value', [main, '--workers', '--soak', '1s'], '--workers has no value'],
    ['a value too many', ['reload', '--wait=yes'], `--wait is 'yes', but takes no value`],
    [
      'an option of another action',
      ['status', '--workers', '2'],
      'unknown option --workers of status',
    ],
    [
      'an option of reload for a service',
      [main, '--wait'],
      'unknown option --wait, expected one of',
    ],
    [
      'a command that there is not',
      ['restart'],
      "the script is 'restart', expected a file that can be read, such as dist/main.js, or one of the commands reload,",
    ],
    [
      'an application that is not built',
      ['dist/main'],
      "the script is 'dist/main', expected a file that can be read, such as dist/main.js: is the application built? (npm run build)",
    ],
    ['a word too many', ['status', '4711'], `unexpected '4711'`],
    ['arguments for nobody', ['status', '--', 'x'], `unexpected 'x'`],
    [
      'two services',
      ['reload', '--pid', '1', '--control', 'a'],
      '--pid and --control cannot be combined',
    ],
  ])('is thrown for %s', (_, argv, problem) => {
    expect(problemsOf(...argv)).toContain(`wrong usage: ${problem}`);
  });

  it('does not mention what may only follow from another mistake', () => {
    expect(problemsOf('--cores', '2', main)).not.toContain('unexpected');
    expect(problemsOf('--cores', '2', main)).not.toContain('script');
  });
});

describe('the command line of reload and status', () => {
  it.each([
    [['reload'], { action: 'reload', options: {} }],
    [['reload', '--wait', '--pid', '12'], { action: 'reload', options: { wait: true, pid: 12 } }],
    [['--wait', 'reload'], { action: 'reload', options: { wait: true } }],
    [['status', '--json'], { action: 'status', options: { json: true } }],
    [
      ['status', '--pid-file', '/run/a.pid'],
      { action: 'status', options: { pidFile: '/run/a.pid' } },
    ],
  ])('is parsed: %j', (argv, invocation) => {
    expect(parseArguments(argv)).toEqual(invocation);
  });

  it.each([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['reload', '--help', '--nonsense'], 'help'],
    [['--version'], 'version'],
  ])('is parsed: %j', (argv, action) => {
    expect(parseArguments(argv)).toEqual({ action });
  });
});

describe('the command line of report', () => {
  it.each<[string[], object]>([
    [[main], {}],
    [['--svg', main], { svg: true }],
    [[main, '--svg', '--html'], { svg: true, html: true }],
    [['--svg', 'a.svg', main], { svg: 'a.svg' }],
    [['--html=a.html', main], { html: 'a.html' }],
    [['--html', '-', main], { html: '-' }],
  ])('is parsed: %j', (argv, options) => {
    expect(parseArguments(['report', ...argv])).toEqual({
      action: 'report',
      sources: [main],
      options,
    });
  });

  it('accepts standard input', () => {
    expect(parseArguments(['report', '-'])).toEqual({
      action: 'report',
      sources: ['-'],
      options: {},
    });
  });

  it('accepts a file whose name begins with a dash after --', () => {
    expect(problemsOf('report', '--', '-x.json')).toContain(`the report is '-x.json'`);
  });

  it('has options that a service does not have', () => {
    expect(problemsOf('--svg', main)).toContain('unknown option --svg, expected one of --workers');
    expect(parseArguments([main, '--', '--svg', 'a.svg'])).toMatchObject({
      args: ['--svg', 'a.svg'],
    });
  });
});

describe('the command line of kubernetes', () => {
  it('needs no options', () => {
    expect(parseArguments(['kubernetes'])).toEqual({ action: 'kubernetes', options: {} });
  });

  it('takes the times of the module with units, and those of the manifest in seconds', () => {
    const module = ['--grace-period', '5000', '--drain-timeout', '1.5m', '--close-timeout=4s'];
    const manifest = ['--pre-stop', '5', '--probe-period', '3s', '--failure-threshold', '2'];
    expect(parseArguments(['kubernetes', ...module, ...manifest])).toEqual({
      action: 'kubernetes',
      options: {
        gracePeriodMs: 5000,
        drainTimeoutMs: 90_000,
        closeTimeoutMs: 4000,
        preStopSeconds: 5,
        probePeriodSeconds: 3,
        failureThreshold: 2,
      },
    });
  });

  it.each([
    ['--grace-period', '-5', 'milliseconds or with a unit: 4000'],
    ['--drain-timeout', '25h', 'milliseconds or with a unit: 4000'],
    ['--close-timeout', '', 'milliseconds or with a unit: 4000'],
    ['--pre-stop', '1.5', 'a whole number of seconds from 0 to 86400, such as 5 or 5s'],
    ['--pre-stop', '500ms', 'a whole number of seconds from 0 to 86400, such as 5 or 5s'],
    ['--pre-stop', '86401', 'a whole number of seconds from 0 to 86400, such as 5 or 5s'],
    ['--probe-period', '0', 'a whole number of seconds from 1 to 86400, such as 5 or 5s'],
    ['--failure-threshold', '0', 'a whole number from 1 to 1000'],
    ['--failure-threshold', '2s', 'a whole number from 1 to 1000'],
    ['--probe-port', '0', 'a port from 1 to 65535'],
    ['--grpc-port', '65536', 'a port from 1 to 65535'],
  ])('rejects %s %s', (option, value, allowed) => {
    expect(problemsOf('kubernetes', option, value)).toContain(
      `wrong usage: ${option} is '${value}', expected ${allowed}`,
    );
  });

  it('is rejected with every problem', () => {
    const text = problemsOf('kubernetes', '--pre-stop', 'x', '--workers', '2', 'deployment.yaml');
    expect(text.match(/^ {2}- .*/gm)).toEqual([
      expect.stringContaining(`--pre-stop is 'x'`),
      expect.stringContaining(
        'unknown option --workers of kubernetes, expected one of --grace-period',
      ),
      expect.stringContaining(`unexpected 'deployment.yaml'`),
    ]);
  });

  it('has options that a service does not have', () => {
    expect(problemsOf('--pre-stop', '5', main)).toContain(
      'unknown option --pre-stop, expected one of',
    );
  });
});
