import type ts from 'typescript';

import type { TypeScript } from './typescript.js';

/** Text to insert at a position. @internal */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The format of a file. @internal */
export interface SourceStyle {
  readonly eol: '\n' | '\r\n';
  readonly quote: "'" | '"';
  readonly semicolon: ';' | '';
  readonly indent: string;
}

/** @internal */
export function parse(compiler: TypeScript, file: string, text: string): ts.SourceFile {
  return compiler.createSourceFile(file, text, compiler.ScriptTarget.Latest, true);
}

/** Inserts each text at its position in the original. @internal */
export function insert(text: string, insertions: readonly Insertion[]): string {
  const fromTheEnd = insertions.toReversed().toSorted((a, b) => b.at - a.at);
  return fromTheEnd.reduce(
    (changed, { at, text: added }) => changed.slice(0, at) + added + changed.slice(at),
    text,
  );
}

/** Derives the format from the first import and the first indented line. @internal */
export function styleOf(compiler: TypeScript, source: ts.SourceFile): SourceStyle {
  const { text } = source;
  const first = source.statements.find((one) => compiler.isImportDeclaration(one));
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    quote: first?.moduleSpecifier.getText().startsWith('"') ? '"' : "'",
    semicolon: first === undefined || first.getText().endsWith(';') ? ';' : '',
    indent: /^([ \t]+)[^\s*]/m.exec(text)?.[1] ?? '  ',
  };
}

/** The indentation of the line at a position. @internal */
export function indentAt(text: string, position: number): string {
  const line = text.slice(text.lastIndexOf('\n', position - 1) + 1);
  return /^[ \t]*/.exec(line)![0];
}
