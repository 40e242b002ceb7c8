import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8');
const ROWS = Array.from({ length: 34 }, (_, i) => i + 1);

interface Section {
  readonly row: number;
  /** The files that it links to, from the root. */
  readonly files: readonly string[];
}

function sections(): Section[] {
  return page
    .split(/^### Row /m)
    .slice(1)
    .map((section) => ({
      row: Number.parseInt(section, 10),
      files: [...section.matchAll(/\]\(\.\.\/([^)]+[-.]spec\.ts)\)/g)].map(([, file]) => file!),
    }));
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

/** The rows that the titles in a file name. */
function rowsIn(file: string): Set<number> {
  const rows = titlesIn(file).map((title) => Number(/^row (\d+): /.exec(title)?.[1]));
  return new Set(rows);
}

const HERE = 'test/reliability';
const here = readdirSync(join(root, HERE))
  .filter((name) => name.endsWith('-spec.ts') && !name.startsWith('table.'))
  .map((name) => `${HERE}/${name}`);

describe('the page of faults', () => {
  it('has every row, once', () => {
    expect(sections().map(({ row }) => row)).toEqual(ROWS);
  });

  it.each(ROWS)('links to files that have tests: row %i', (row) => {
    const { files } = sections().find((section) => section.row === row)!;
    const empty = files.filter((file) => !existsSync(join(root, file)) || !titlesIn(file).length);
    expect(files.length).toBeGreaterThan(0);
    expect(empty).toEqual([]);
  });

  it.each(here)('links to %s in exactly the rows that its tests name', (file) => {
    const linking = sections().filter(({ files }) => files.includes(file));
    expect(new Set(linking.map(({ row }) => row))).toEqual(rowsIn(file));
  });
});
