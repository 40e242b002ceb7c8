import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RehearsedConfig } from '../fixtures/rehearsed-config.js';
import { command, fixture } from '../support/compiled.js';

const timeoutMs = 90_000;

/** The service that is rehearsed. */
export const service = fixture('rehearsed');

/** What `--json` says, as far as it is looked at. */
export interface RehearsalJson {
  readonly ok: boolean;
  readonly note?: string;
  readonly runs: readonly RunJson[];
}

export interface RunJson {
  readonly name: string;
  readonly ok: boolean;
  readonly verdict: string;
  readonly paths: readonly string[];
  readonly readyPath?: string;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  readonly before: Totals;
  readonly after: Totals;
  readonly exit: { readonly code: number | null; readonly signal: string | null };
  readonly goneAfterMs: number;
  readonly wasKilled: boolean;
  readonly redAfterMs?: number;
  readonly outAfterMs?: number;
}

interface Totals {
  readonly sent: number;
  readonly lost: number;
  readonly clients: readonly {
    readonly kind: string;
    readonly sent: number;
    readonly lost: Readonly<Record<string, number>>;
  }[];
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<RehearsalRun>();

/** `nestjs-drain rehearse`, in a folder of its own. */
export class RehearsalRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-rehearse-'));
  readonly done: Promise<Outcome>;
  readonly #child: ChildProcess;

  constructor(
    args: readonly string[],
    config: RehearsedConfig,
    files: Record<string, string> = {},
  ) {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(this.folder, name), content);
    }
    this.#child = spawn(process.execPath, [command, 'rehearse', ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        TMPDIR: this.folder,
        REHEARSED: JSON.stringify(config),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    running.add(this);
    this.done = this.#outcome();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As `head` does, when it has seen enough. */
  closeOutput(): void {
    this.#child.stdout!.destroy();
  }

  async end(): Promise<void> {
    running.delete(this);
    this.#child.kill('SIGTERM');
    await this.done;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #outcome(): Promise<Outcome> {
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]!.setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    }
    const [status] = (await once(this.#child, 'close')) as [number | null];
    return { status, ...texts };
  }
}

/** The end of a rehearsal of the fixture. */
export function rehearse(config: RehearsedConfig, ...args: string[]): Promise<Outcome> {
  return new RehearsalRun([service, ...args], config).done;
}

/** The same, as data. */
export async function rehearsed(
  config: RehearsedConfig,
  ...args: string[]
): Promise<RehearsalJson & { readonly status: number | null; readonly run: RunJson }> {
  const { status, stdout, stderr } = await rehearse(config, ...args, '--json');
  if (stdout === '') throw new Error(`no result: ${stderr}`);
  const result = JSON.parse(stdout) as RehearsalJson;
  return { ...result, status, run: result.runs[0]! };
}

export function codesOf({ findings }: RunJson): string[] {
  return findings.map(({ code }) => code);
}

/** Ends what a test has left; for `afterEach`. */
export async function endRehearsals(): Promise<void> {
  await Promise.all([...running].map((run) => run.end()));
}
