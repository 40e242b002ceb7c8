import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { COMPILE_MS, compile } from './compile.js';
import { asFile, docExamples } from './doc-examples.js';
import { root } from './pages.js';

const examples = docExamples();

it('every example of a doc comment is found, and has code', () => {
  const files = [...new Set(examples.map(({ file }) => file))];
  const counts = files.map((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    return text.match(/^\s*\* @example$/gm)?.length ?? 0;
  });
  expect(examples.length).toBeGreaterThan(10);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(examples.length);
});

it(
  'every example of a doc comment compiles by itself',
  async () => {
    const pieces = examples.map((example): [string, string] => [
      `${example.name}.${example.file.replaceAll('/', '-')}`,
      asFile(example),
    ]);
    expect(await compile(new Map(pieces))).toBe('');
  },
  COMPILE_MS,
);
