import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { USAGE } from '../../src/cli/usage.js';
import { read, root } from './pages.js';

/** The first words of what is written `like this` at the beginning of a row. */
function rowsOf(page: string): Set<string> {
  const cells = [...read(page).matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell!);
  const names = cells.flatMap((cell) => [...cell.matchAll(/`([^`\s]+)[^`]*`/g)]);
  return new Set(names.map(([, name]) => name!));
}

function source(file: string): string {
  return readFileSync(join(root, 'src', file), 'utf8');
}

function membersOf(file: string, type: string): string[] {
  const [, body = ''] = new RegExp(`interface ${type} \\{(.*?)^\\}`, 'ms').exec(source(file)) ?? [];
  const members = body.matchAll(/^ {2}(?:readonly )?(?:'([^']+)'|(\w+))\??:/gm);
  return [...members].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Of the whole package, but for those of specs. */
function errorCodes(): string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map(source);
  return [...new Set(sources.join('\n').match(/(?<=')ERR_[A-Z_]+(?=')/g))];
}

function commandOptions(): string[] {
  const [, run = ''] = /^Run\n(.*?)\n\n/ms.exec(USAGE) ?? [];
  return [...run.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name!);
}

it.each([
  [
    'options of telemetry',
    'docs/options.md',
    membersOf(
      'opentelemetry/graceful-shutdown-telemetry.options.ts',
      'GracefulShutdownTelemetryOptions',
    ),
  ],
  ['options of the command', 'docs/graceful-restart.md', commandOptions()],
  [
    'fields of a report',
    'docs/report.md',
    membersOf('report/shutdown-report.ts', 'ShutdownReport'),
  ],
  ['channels', 'docs/report.md', membersOf('report/diagnostics.ts', 'ShutdownDiagnostics')],
  [
    'what a test can hold',
    'docs/testing.md',
    membersOf('testing/assert-report.ts', 'ExpectedShutdown'),
  ],
  ['codes of errors', 'docs/troubleshooting.md', errorCodes()],
])('a table of the docs has all %s', (_, page, names) => {
  const rows = rowsOf(page);
  expect(names.length).toBeGreaterThan(2);
  expect(names.filter((name) => !rows.has(name))).toEqual([]);
});
