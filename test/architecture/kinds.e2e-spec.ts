import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '..', '..', 'src');
const kinds = readdirSync(join(src, 'participants'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const list = readFileSync(join(src, 'participants', 'index.ts'), 'utf8');

/** Which of `src` imports which of it, both counted from `src`. */
const arrows = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .flatMap((name) =>
    ts
      .preProcessFile(readFileSync(join(src, name), 'utf8'))
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => ({
        from: name,
        to: posix.join(posix.dirname(name), fileName).replace(/\.js$/, '.ts'),
      })),
  );

describe.each(kinds)('the kind %s', (kind) => {
  it('is one folder and one line in the list of kinds', () => {
    expect(readdirSync(join(src, 'participants', kind))).toContain(`${kind}.providers.ts`);
    expect(list).toContain(`./${kind}/${kind}.providers.js`);
  });

  it('is mentioned nowhere else', () => {
    const folder = `participants/${kind}/`;
    const strangers = arrows
      .filter(({ from, to }) => to.startsWith(folder) && !from.startsWith(folder))
      .map(({ from }) => from)
      .filter((from) => from !== 'participants/index.ts')
      // Another application of the process is drained by the same rules.
      .filter((from) => !from.startsWith('participants/other-applications/'))
      // The public decorator of an application's own participants.
      .filter((from) => !(from === 'index.ts' && kind === 'declared'));
    expect(strangers).toEqual([]);
  });
});
