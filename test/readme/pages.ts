import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** Every page that a user reads, by its path from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'demo/live/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'sample'))
    .map((name) => `sample/${name}/README.md`)
    .filter((page) => existsSync(join(root, page))),
];

export interface Block {
  readonly page: string;
  /** Of the line that the block begins after. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

export function blocksOf(page: string): Block[] {
  const text = read(page);
  return [...text.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1]!,
    code: match[2]!,
  }));
}

/** All blocks of a language, wherever they are. */
export function blocksIn(language: string): Block[] {
  return pages.flatMap(blocksOf).filter((block) => block.language === language);
}

/** The text without its blocks of code. */
export function proseOf(page: string): string {
  return read(page).replaceAll(/^```.*?^```$/gms, '');
}
