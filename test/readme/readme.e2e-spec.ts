import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { COMPARISON } from '../../src/cli/rehearse/output/texts.js';
import { defaultOptions } from '../../src/options/resolve-options.js';
import { read, root } from './pages.js';

it('the table of options names every option and its default', () => {
  const [table = ''] = read('docs/options.md').split(/^## /m);
  const rows = [...table.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|/gm)];
  const told = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
  const defaults = Object.entries(defaultOptions({}, false)).map(([name, value]) => [
    name,
    shownDefault(value),
  ]);
  const inKubernetes = defaultOptions({ KUBERNETES_SERVICE_HOST: 'yes' });
  expect(told).toEqual({
    ...Object.fromEntries(defaults),
    gracePeriodMs: `\`${inKubernetes.gracePeriodMs}\` in Kubernetes, else \`0\``,
    minGracePeriodMs: '`gracePeriodMs`',
    maxGracePeriodMs: '`gracePeriodMs`',
    reportLog: "`'none'` on a terminal, else `'compact'`",
    drainTimeoutMs: '`20000`, less where the platform gives less',
    closeTimeoutMs: '`4000`, less where the platform gives less',
    platformTimeoutSeconds: 'what the platform says, or does by default',
    // The older name.
    terminationGracePeriodSeconds: 'none',
    terminationLog: `\`${inKubernetes.terminationLog}\` in Kubernetes, else none`,
  });
});

it('the table of options has every option of the type', () => {
  const source = readFileSync(join(root, 'src/graceful-shutdown.options.ts'), 'utf8');
  const [, type = ''] = /interface GracefulShutdownOptions \{(.*?)^\}/ms.exec(source) ?? [];
  const names = [...type.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name!);
  const page = read('docs/options.md');
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
});

it('the table of the demo has the columns of the command', () => {
  const [, header = ''] = /^```text\n( +sent .*)$/m.exec(read('README.md')) ?? [];
  expect(header.trim().split(/ {2,}/)).toEqual(COMPARISON.slice(1));
});

it('the explained log lines exist in the code', () => {
  const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join('src', name)))
    .join('\n')
    // A line that is put together from several strings.
    .replaceAll(/['`] \+\s+['`]/g, '');
  const explained = [...read('docs/troubleshooting.md').matchAll(/^\*\*`([^`]+)`\*\*/gm)].map(
    ([, line]) => line!,
  );
  const unknown = explained
    .flatMap((line) => line.split('...'))
    .filter((part) => !source.includes(part.trim()));
  expect(explained.length).toBeGreaterThan(10);
  expect(unknown).toEqual([]);
});

function shownDefault(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'function' ? '`Math.random`' : `\`${show(value)}\``;
}

function show(value: unknown): string {
  return JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
}
