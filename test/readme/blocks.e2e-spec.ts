import { spawnSync } from 'node:child_process';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

import { COMPILE_MS, compile } from './compile.js';
import { type Block, blocksIn, blocksOf, pages } from './pages.js';

/** What is wrong with a block, in the words of who has read it. */
type Reader = (code: string) => string[];

const readers: Readonly<Record<string, Reader>> = {
  js: javascript,
  json: (code) => problemOf(() => JSON.parse(code)),
  yaml: (code) => parseDocument(code).errors.map(({ message }) => message),
  sh: shell,
  ini: (code) => linesOf(code).filter((line) => !/^(\[\w+\]|\w+=.*|[#;].*)$/.test(line)),
  nginx: (code) => linesOf(code).filter((line) => !/([;{}]|^\s*#.*)(\s+#.*)?$/.test(line)),
  dockerfile: (code) =>
    linesOf(code).filter((line) => !/^(FROM|WORKDIR|COPY|RUN|CMD|ENV|USER) \S/.test(line)),
};

/** Nobody but a reader reads them. */
const ofNoLanguage = new Set(['text', 'promql']);

function javascript(code: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(code, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** `<pid>` stands for a word that the reader knows. */
function shell(code: string): string[] {
  const { stderr } = spawnSync('bash', ['-n'], { input: code.replaceAll(/<\w+>/g, 'word') });
  return stderr.length > 0 ? [String(stderr)] : [];
}

function problemOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function linesOf(code: string): string[] {
  return code.split('\n').filter((line) => line.trim() !== '');
}

function place({ page, line }: Block): string {
  return `${page}:${line}`;
}

describe('the code blocks of all pages', () => {
  it('have a language that can be checked', () => {
    const known = new Set(['ts', ...Object.keys(readers), ...ofNoLanguage]);
    const unknown = pages.flatMap(blocksOf).filter(({ language }) => !known.has(language));
    expect(unknown.map((block) => `${place(block)}: ${block.language}`)).toEqual([]);
  });

  it.each(Object.entries(readers))('parse: %s', (language, reader) => {
    const bad = blocksIn(language).flatMap((block) =>
      reader(block.code).map((problem) => `${place(block)}: ${problem}`),
    );
    expect(bad).toEqual([]);
  });

  it(
    'compile one by one if they are TypeScript',
    async () => {
      const blocks = blocksIn('ts');
      // Blank lines before it, so that the compiler names the line of the page.
      const pieces = blocks.map(({ page, line, code }): [string, string] => [
        `${page.replaceAll('/', '-')}.${line}.ts`,
        '\n'.repeat(line) + code,
      ]);
      expect(await compile(new Map(pieces))).toBe('');
      expect(blocks.length).toBeGreaterThan(0);
    },
    COMPILE_MS,
  );
});
