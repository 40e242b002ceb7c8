import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8');
const ROWS = Array.from({ length: 34 }, (_, i) => i + 1);

interface Link {
  readonly row: number;
  /** From the root. */
  readonly file: string;
  readonly title: string;
}

/** The tests that the page names, below the heading of each row. */
function linkedTests(): Link[] {
  return page.split(/^### Row /m).flatMap((section) => {
    const links = section.matchAll(/^- \[[^\]]+\]\(\.\.\/([^)]+)\): `([^`]+)`$/gm);
    return [...links].map(([, file, title]) => ({
      row: Number.parseInt(section, 10),
      file: file!,
      title: title!,
    }));
  });
}

const known = new Map<string, string[]>();

/** The titles of the tests in a file, as they are written there. */
function titlesIn(file: string): string[] {
  const titles = known.get(file) ?? readTitles(file);
  known.set(file, titles);
  return titles;
}

function readTitles(file: string): string[] {
  const path = join(root, file);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^it\b/.test(node.expression.getText(source))) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
      else if (title !== undefined && ts.isTemplateExpression(title)) {
        titles.push(title.getText(source).slice(1, -1));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

const links = linkedTests();

describe('the page of faults', () => {
  it('has every row, once in its tables and once with its tests', () => {
    const inTables = [...page.matchAll(/^\| (\d+) /gm)].map(([, row]) => Number(row));
    expect(inTables).toEqual(ROWS);
    const headings = [...page.matchAll(/^### Row (\d+)$/gm)].map(([, row]) => Number(row));
    expect(headings).toEqual(ROWS);
    expect([...new Set(links.map(({ row }) => row))]).toEqual(ROWS);
  });

  it.each(ROWS)('names tests that are there: row %i', (row) => {
    for (const { file, title } of links.filter((link) => link.row === row)) {
      expect(existsSync(join(root, file)) ? file : `no ${file}`).toBe(file);
      expect(titlesIn(file)).toContain(title);
    }
  });

  it('names every test of this folder, below its own row', () => {
    const here = 'test/reliability';
    const files = readdirSync(join(root, here)).filter((name) => !name.startsWith('table.'));
    const tests = files.flatMap((name) =>
      titlesIn(`${here}/${name}`).map((title) => ({
        row: Number(/^row (\d+): /.exec(title)?.[1]),
        file: `${here}/${name}`,
        title,
      })),
    );
    expect(links.filter(({ file }) => file.startsWith(here))).toEqual(
      expect.arrayContaining(tests),
    );
  });

  it('has no other line that looks like a test', () => {
    expect(page.match(/^- \[/gm)!.length - 3).toBe(links.length);
  });
});
