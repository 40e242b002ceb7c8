import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

const page = join(import.meta.dirname, '..', '..', 'docs', 'graceful-restart.md');

interface Citation {
  readonly title: string;
  readonly file: string;
}

function citations(): Citation[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/\[([^\]]+)\]\(([^)]+-spec\.ts)\)/g)].map(([, title, file]) => ({
    title: title!,
    file: file!,
  }));
}

/** The titles of tests in a file, as patterns: what `%s` and the like stand for is any text. */
function titlesIn(file: string): RegExp[] {
  const source = readFileSync(join(dirname(page), file), 'utf8');
  return [...source.matchAll(/(?<=[\s(])(['"`])((?:(?!\1).)+)\1,/g)].map(([, , title]) => {
    const parts = title!.split(/%[a-z]|\$\{[^}]*\}/);
    return new RegExp(`^${parts.map((part) => escape(part)).join('.+')}$`);
  });
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

describe('the comparison with the founding systems', () => {
  it('cites tests that there are', () => {
    const unknown = citations().filter(
      ({ title, file }) => !titlesIn(file).some((pattern) => pattern.test(title)),
    );
    expect(unknown).toEqual([]);
    expect(citations().length).toBeGreaterThan(50);
  });
});
