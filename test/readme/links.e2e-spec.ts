import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { expect, it } from 'vitest';

import { pages, proseOf, read, root } from './pages.js';

/** As GitHub makes them of headings. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading!
      .replaceAll(/\]\([^)]*\)/g, ']')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let anchor = slug;
    for (let nth = 1; anchors.has(anchor); nth += 1) anchor = `${slug}-${nth}`;
    anchors.add(anchor);
  }
  return anchors;
}

interface Link {
  readonly target: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): Link[] {
  const text = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(
    ([, target, anchor]) => ({ target: target!, anchor }),
  );
}

function problemWith(page: string, { target, anchor }: Link): string | undefined {
  const file = target === '' ? page : posix.join(dirname(page), target);
  if (!existsSync(join(root, file))) return `${file} is not there`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(file).has(anchor) ? undefined : `${file} has no #${anchor}`;
}

it.each(pages)('every link of %s leads somewhere', (page) => {
  const problems = linksOf(page).map((link) => problemWith(page, link));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

it('the index of docs has every page', () => {
  const index = read('docs/README.md');
  const others = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  const missing = others.filter((page) => !index.includes(`](${posix.basename(page)})`));
  expect(missing).toEqual([]);
});

it('the README has every sample', () => {
  const samples = pages.filter((page) => page.startsWith('sample/'));
  expect(samples.filter((page) => !read('README.md').includes(`](${page})`))).toEqual([]);
});

it.each(['timeline', 'demo'])('the picture %s is for light and dark, and loads nothing', (name) => {
  const svg = readFileSync(join(root, 'docs', 'images', `${name}.svg`), 'utf8');
  const has = (pattern: RegExp) => pattern.test(svg);
  expect(has(/prefers-color-scheme: ?dark/)).toBe(true);
  expect(has(/<title/)).toBe(true);
  expect(has(/<script|<image|<use|url\(|@import|href=/)).toBe(false);
});
