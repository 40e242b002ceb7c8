import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { LATE_MS } from '../support/bounds.js';
import { markupProblems } from '../support/markup.js';
import {
  codesOf,
  endRehearsals,
  rehearse,
  rehearsed,
  RehearsalRun,
  type RunJson,
  service,
} from './rehearsal-run.js';

afterEach(endRehearsals);

/** Right for a lag of 1 s, which is the default. */
const RIGHT = { module: { gracePeriodMs: 2000 }, readiness: 'module' } as const;
const QUICK = ['--load', '1s'];

describe('the rehearsal of a correct service', () => {
  it('loses nothing: kept, fresh and idle connections, slow readers, uploads, event streams', async () => {
    const run = new RehearsalRun(
      [
        service,
        ...paths('/orders', '/export'),
        '--sse=/events',
        '--post=/orders=order.json',
        '--ready=/ready',
        '--json',
        ...QUICK,
      ],
      RIGHT,
      { 'order.json': '{"item":"lamp"}' },
    );
    const { stdout, stderr, status } = await run.done;
    expect(stderr).toBe('');
    const { ok, runs } = JSON.parse(stdout) as { ok: boolean; runs: [RunJson] };
    const [{ after, before, findings, exit, verdict, redAfterMs }] = runs;
    expect({ findings, lost: after.lost, failed: before.lost, exit }).toEqual({
      findings: [],
      lost: 0,
      failed: 0,
      exit: { code: 0, signal: null },
    });
    expect({ ok, status }).toEqual({ ok: true, status: 0 });
    expect(verdict).toMatch(/^Nothing was lost: (\d+) of \1 answered, gone after \d/);
    expect(redAfterMs).toBeLessThan(LATE_MS);
    expect(after.clients.map(({ kind }) => kind)).toEqual([
      'kept alive',
      'fresh',
      'slow reader',
      'mostly idle',
      'upload',
      'event stream',
    ]);
  });

  it.each(Array.from({ length: process.env['LONG_RUN'] === '1' ? 20 : 3 }, (_, i) => i + 1))(
    'loses nothing, run %i in a row',
    async () => {
      const { ok, run } = await rehearsed(RIGHT, '--path', '/orders', ...QUICK);
      expect({ ok, lost: run.after.lost, findings: run.findings }).toEqual({
        ok: true,
        lost: 0,
        findings: [],
      });
      expect(run.after.sent).toBeGreaterThan(50);
    },
  );

  it('requests the routes of the service, and finds its readiness check', async () => {
    const config = { module: { gracePeriodMs: 2000, drainTimeoutMs: 1000 } };
    const { run } = await rehearsed(config, ...QUICK);
    expect(run.paths).toEqual(['/orders', '/export', '/never', '/events']);
    expect(run.readyPath).toBe('/ready');
    expect(run.after.clients.map(({ kind }) => kind)).toContain('event stream');
  });
});

describe('the websockets of a rehearsal', () => {
  const args = ['--ws=/chat', '--path=/orders', ...QUICK];

  it('are closed with a close frame by a correct service', async () => {
    const { ok, run } = await rehearsed({ ...RIGHT, webSockets: true }, ...args);
    const held = run.after.clients.find(({ kind }) => kind === 'websocket');
    expect({ ok, lost: run.after.lost, findings: run.findings }).toEqual({
      ok: true,
      lost: 0,
      findings: [],
    });
    expect(held!.sent).toBeGreaterThanOrEqual(2);
  });

  it('are cut by a service that exits under them', async () => {
    const { run } = await rehearsed({ webSockets: true }, ...args);
    const held = run.after.clients.find(({ kind }) => kind === 'websocket');
    expect(held!.lost.cut).toBeGreaterThanOrEqual(2);
    expect(run.findings.find(({ code }) => code === 'CUT')?.message).toContain('GET /chat');
  });

  it('have to exist', async () => {
    const { status, stderr } = await rehearse(RIGHT, ...args);
    expect(status).toBe(3);
    expect(stderr).toContain('websocket /chat: ');
  });
});

describe('the balancer of a rehearsal', () => {
  const green = { module: { gracePeriodMs: 2000 }, readiness: 'green' } as const;

  it('needs no readiness check if its platform informs it', async () => {
    const { ok, run } = await rehearsed(green, '--as=kubernetes', '--path=/orders', ...QUICK);
    expect({ ok, lost: run.after.lost, redAfterMs: run.redAfterMs }).toEqual({
      ok: true,
      lost: 0,
      redAfterMs: undefined,
    });
    expect(run.outAfterMs).toBeGreaterThanOrEqual(1000);
    expect(run.outAfterMs).toBeLessThan(1000 + LATE_MS);
  });

  it('learns from refused connections if nothing else informs it', async () => {
    const args = ['--as=docker', '--path=/orders', ...QUICK];
    const { run } = await rehearsed({ hooks: true }, ...args);
    expect(codesOf(run)).toContain('NO_READINESS');
  });
});

describe('a rehearsal finds', () => {
  it('an npm that does not pass the signal on', async () => {
    const manifest = JSON.stringify({ name: 'orders', scripts: { start: `node ${service}` } });
    const run = new RehearsalRun(
      ['--command', 'npm start', '--path', '/orders', '--json', ...QUICK],
      RIGHT,
      { 'package.json': manifest },
    );
    const { stdout, status } = await run.done;
    const { runs } = JSON.parse(stdout) as { runs: [RunJson] };
    expect(codesOf(runs[0])[0]).toBe('SIGNAL_NOT_DELIVERED');
    expect(runs[0].findings[0]!.message).toContain(`never reached the service (node ${service})`);
    expect(status).toBe(1);
  });

  it('a process that does not handle the signal', async () => {
    const { run, status } = await rehearsed({}, '--path', '/orders', ...QUICK);
    expect(codesOf(run)).toContain('SIGNAL_NOT_HANDLED');
    expect(codesOf(run)).toContain('MODULE_MISSING');
    expect(status).toBe(1);
  });

  it('a pool that closes before its requests have ended', async () => {
    const { run } = await rehearsed(
      { hooks: true, queryMs: 200 },
      '--path=/orders',
      '--patience=3s',
      ...QUICK,
    );
    const found = run.findings.find(({ code }) => code === 'FAILED_AFTER_SIGNAL');
    expect(found?.message).toContain(
      'Requests were answered with 500 after the signal (GET /orders)',
    );
  });

  it('a readiness check that never fails', async () => {
    const config = { module: { gracePeriodMs: 500 }, readiness: 'green' } as const;
    const { run } = await rehearsed(
      config,
      '--as=compose',
      '--patience=30s',
      '--path=/orders',
      '--ready=/ready',
      ...QUICK,
    );
    expect(codesOf(run)).toEqual(['READINESS_STAYED_GREEN']);
  });

  it('a grace period that is shorter than the lag of the balancer', async () => {
    const config = { ...RIGHT, module: { gracePeriodMs: 500 } };
    const { run } = await rehearsed(config, '--path', '/orders', '--balancer-lag', '2s', ...QUICK);
    expect(codesOf(run)).toEqual(['GRACE_TOO_SHORT']);
    expect(run.findings[0]!.message).toMatch(
      /the balancer sent until 2\.\d s: .* Set gracePeriodMs to at least 2500/,
    );
  });

  it('a handler that never ends, without the module and with it', async () => {
    const args = [...paths('/orders', '/never'), ...QUICK];
    const plain = await rehearsed({ hooks: true }, ...args, '--patience', '3s');
    expect(codesOf(plain.run)).toEqual(expect.arrayContaining(['KILLED', 'NEVER_ENDED']));
    expect(plain.run.findings[0]!.message).toContain('Still in flight: GET /never.');
    const module = { gracePeriodMs: 2000, drainTimeoutMs: 1000 };
    const { run } = await rehearsed({ ...RIGHT, module }, ...args);
    expect(codesOf(run)).toEqual(['NEVER_ENDED', 'EXIT_CODE']);
    expect(run.wasKilled).toBe(false);
  });

  it('a budget that is longer than the time limit of the platform', async () => {
    const module = { gracePeriodMs: 2000, drainTimeoutMs: 20_000 };
    const { run, ok } = await rehearsed(
      { ...RIGHT, module },
      '--as=docker',
      '--path=/orders',
      '--ready=/ready',
      ...QUICK,
    );
    expect(codesOf(run)).toEqual(['BUDGET_TOO_LONG']);
    expect(run.findings[0]!.message).toMatch(
      /^The shutdown may take 2\d\.\d s, but Docker kills .* 10\.0 s/,
    );
    expect({ ok, lost: run.after.lost }).toEqual({ ok: false, lost: 0 });
  });
});

// Nest's own hooks wait for a silent connection until the patience of the rehearsal (27 s) is over.
describe('a rehearsal with --against plain', { timeout: 60_000 }, () => {
  it("runs the application again with Nest's own hooks, and compares", async () => {
    const result = await rehearsed(
      { ...RIGHT, queryMs: 200 },
      '--against=plain',
      '--path=/orders',
      '--patience=27s',
      ...QUICK,
    );
    expect(result.runs.map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'as it is', ok: true },
      { name: "with Nest's own hooks", ok: false },
    ]);
    expect(codesOf(result.runs[1]!)).toContain('FAILED_AFTER_SIGNAL');
    expect(result.note).toMatch(
      /^Side by side: as it is, 0 of \d+ were lost; with Nest's own hooks, \d+ of/,
    );
    expect(result.status).toBe(0);
  });

  it('says how to install the module in a service without it', async () => {
    const { note, runs } = await rehearsed({}, '--against', 'plain', '--path', '/orders', ...QUICK);
    expect(runs).toHaveLength(1);
    expect(note).toContain('npx nest add nestjs-drain');
  });
});

describe('a service that cannot be rehearsed', () => {
  it('is shown with the end of its output if it does not start', async () => {
    const { status, stdout, stderr } = await rehearse({ fails: true });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('the service cannot be rehearsed: it exited with code 1.');
    expect(stderr).toContain('Error: the database is not there');
  });

  it('is named as TypeScript that has to be built', async () => {
    const run = new RehearsalRun(['main.ts'], {}, { 'main.ts': '@Module({}) class AppModule {}' });
    const { status, stderr } = await run.done;
    expect(status).toBe(3);
    expect(stderr).toContain('Node cannot run Nest from TypeScript: build, and name dist/main.js');
  });

  it('is named with a program that does not exist', async () => {
    const { status, stderr } = await new RehearsalRun(['--command', 'nest-start'], {}).done;
    expect(status).toBe(3);
    expect(stderr).toContain('nest-start: command not found');
  });

  it('is shown with its errors and the remedy if it answers with errors only', async () => {
    const { status, stderr } = await rehearse({}, '--path', '/nowhere');
    expect(status).toBe(3);
    expect(stderr).toContain('GET /nowhere answers 404: name an existing route with --path');
  });

  it('may need a token, which can be passed', async () => {
    const config = { ...RIGHT, token: 'Bearer t' };
    const { status, stderr } = await rehearse(config, '--path', '/orders');
    expect(status).toBe(3);
    expect(stderr).toContain(
      "GET /orders answers 401: pass a token with --header 'Authorization: ...'",
    );
    const authorized = ['--header', 'Authorization: Bearer t', '--path', '/orders', ...QUICK];
    expect((await rehearsed(config, ...authorized)).ok).toBe(true);
  });
});

it('Ctrl-C stops everything that a rehearsal has started', async () => {
  const script = `node ${service}`;
  const manifest = JSON.stringify({ name: 'orders', scripts: { start: script } });
  const run = new RehearsalRun(
    ['--command', 'npm start', '--path', '/orders', '--load', '60s'],
    RIGHT,
    { 'package.json': manifest },
  );
  await until(() => servicesIn(run.folder).length > 0);
  run.signal('SIGINT');
  const { status, stderr } = await run.done;
  expect(status).toBe(1);
  expect(stderr).toContain('interrupted');
  expect(servicesIn(run.folder)).toEqual([]);
});

it('a rehearsal writes a page, a picture and a file for a CI server', async () => {
  const run = new RehearsalRun(
    [service, '--path', '/orders', '--html', '--svg', 'a.svg', '--junit', 'b.xml', ...QUICK],
    RIGHT,
  );
  const { stdout, stderr } = await run.done;
  const read = (name: string) => readFileSync(join(run.folder, name), 'utf8');
  expect(stderr.trim().split('\n')).toEqual([
    'nestjs-drain: wrote a.svg',
    'nestjs-drain: wrote rehearsal.html',
    'nestjs-drain: wrote b.xml',
  ]);
  expect(stdout).toContain('Nothing was lost');
  expect(markupProblems(read('a.svg'))).toEqual([]);
  expect(read('rehearsal.html')).toContain('The report of the module');
  expect(read('b.xml')).toContain('<testsuite name="nestjs-drain rehearse"');
  expect(read('b.xml')).toContain('failures="0"');
});

it('the exit status of a rehearsal stands even if nobody reads the output', async () => {
  const run = new RehearsalRun([service, '--path', '/orders', '--json', ...QUICK], RIGHT);
  run.closeOutput();
  expect(await run.done).toEqual({ status: 0, stdout: '', stderr: '' });
});

it.each([
  [[], "no service given: name its main file, such as dist/main.js, or pass --command 'npm start'"],
  [['nowhere.js'], "the script is 'nowhere.js', expected a file that can be read"],
  [['dist/main.js'], 'such as dist/main.js: is the application built? (npm run build)'],
  [[service, '--command', 'npm start'], 'and --command cannot be combined: pass one'],
  [[service, '--as', 'mars'], "--as is 'mars', expected one of azure-container-apps, kubernetes"],
  [[service, '--path', 'orders'], "--path is 'orders', expected a path that begins with /"],
  [[service, '--post', '/orders'], "--post is '/orders', expected a path and the file"],
  [[service, '--json', '--html', '-'], 'only one of --json, --svg, --html and --junit can go'],
])('wrong usage of a rehearsal exits with 2: %j', async (args, problem) => {
  const { status, stderr } = await new RehearsalRun(args, {}).done;
  expect(status).toBe(2);
  expect(stderr).toContain(problem);
});

function paths(...names: string[]): string[] {
  return names.map((name) => `--path=${name}`);
}

/** Processes of the fixture that were started in that folder. */
function servicesIn(folder: string): string[] {
  const isService = (pid: string) => {
    try {
      const [program, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const isNode = program!.endsWith('node') && script === service;
      return isNode && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder}`);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isService(name));
}

async function until(happened: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !happened();) {
    if (Date.now() > end) throw new Error('it did not happen');
    await sleep(50);
  }
}
