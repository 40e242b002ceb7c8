import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { defaultOptions } from '../../src/graceful-shutdown.options.js';

const root = join(import.meta.dirname, '..', '..');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const compileMs = 120_000;

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'sample')).map((name) => `sample/${name}/README.md`),
].filter((page) => existsSync(join(root, page)));

interface Block {
  /** Of the line that the block begins after. */
  readonly line: number;
  readonly code: string;
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function blocksOf(page: string): Block[] {
  const text = read(page);
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    code: match[1]!,
  }));
}

describe('the pages', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-readme-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'every block of TypeScript compiles by itself',
    async () => {
      for (const page of pages) {
        for (const { line, code } of blocksOf(page)) {
          // Blank lines before it, so that the compiler names the line of the page.
          const file = `${page.replaceAll('/', '-')}.${line}.ts`;
          writeFileSync(join(folder, file), '\n'.repeat(line) + code);
        }
      }
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      const config = {
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { moduleDetection: 'force' },
        include: ['*.ts'],
        exclude: [],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));

      const compiled = await promisify(execFile)(process.execPath, [tsc, '-p', '.'], {
        cwd: folder,
      }).catch((error: unknown) => error as { stdout: string });

      expect(compiled.stdout).toBe('');
      expect(blocksOf('README.md').length).toBeGreaterThan(0);
    },
    compileMs,
  );

  it.each(pages)('every link of %s leads to a file', (page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
    const broken = targets
      .map(([, target]) => target!)
      .filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(broken).toEqual([]);
  });

  it('the table of options names every option and its default', () => {
    const [, section = ''] = read('README.md').split(/^## Options$/m);
    const [table = ''] = section.split(/^## /m);
    const rows = [...table.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|/gm)];
    const told = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
    const defaults = Object.entries(defaultOptions({})).map(([name, value]) => [
      name,
      shownDefault(value),
    ]);
    const inKubernetes = defaultOptions({ KUBERNETES_SERVICE_HOST: 'yes' });
    expect(told).toEqual({
      ...Object.fromEntries(defaults),
      gracePeriodMs: `\`${inKubernetes.gracePeriodMs}\` in Kubernetes, else \`0\``,
      minGracePeriodMs: '`gracePeriodMs`',
      maxGracePeriodMs: '`gracePeriodMs`',
      terminationLog: `\`${inKubernetes.terminationLog}\` in Kubernetes, else none`,
    });
  });

  it('the log lines that it explains are those of the code', () => {
    const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(join('src', name)))
      .join('\n')
      // A line that is put together from several strings.
      .replaceAll(/['`] \+\s+['`]/g, '');
    const explained = [...read('README.md').matchAll(/^\*\*`([^`]+)`\*\*/gm)].map(
      ([, line]) => line!,
    );
    const unknown = explained
      .flatMap((line) => line.split('...'))
      .filter((part) => !source.includes(part.trim()));
    expect(explained.length).toBeGreaterThan(0);
    expect(unknown).toEqual([]);
  });
});

function shownDefault(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'function' ? '`Math.random`' : `\`${show(value)}\``;
}

function show(value: unknown): string {
  return JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
}
