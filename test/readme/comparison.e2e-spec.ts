import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { read, root } from './pages.js';

const page = 'docs/founding-systems.md';
/** The rows that say "no", and those of what has no counterpart, have no test. */
const ROWS_WITHOUT_TEST_AT_MOST = 3;

interface Row {
  readonly line: string;
  /** The files that show it, from the root. */
  readonly files: readonly string[];
}

function rows(): Row[] {
  const lines = read(page).match(/^\|(?! ?-).*\|$/gm) ?? [];
  return lines
    .filter((line) => !/\| tests +\|$/.test(line))
    .map((line) => ({
      line,
      files: [...line.matchAll(/\]\((\.\.\/[^)]+-spec\.ts)\)/g)].map(([, file]) =>
        join(dirname(page), file!),
      ),
    }));
}

function hasTests(file: string): boolean {
  return /^\s*(it|describe)\b/m.test(readFileSync(join(root, file), 'utf8'));
}

describe('the comparison with the founding systems', () => {
  it('links each row to tests', () => {
    const bare = rows().filter(({ files }) => files.length === 0);
    expect(rows().length).toBeGreaterThan(50);
    expect(bare.length).toBeLessThanOrEqual(ROWS_WITHOUT_TEST_AT_MOST);
  });

  it('links to files that have tests', () => {
    const files = [...new Set(rows().flatMap((row) => row.files))];
    expect(files.filter((file) => !hasTests(file))).toEqual([]);
  });
});
