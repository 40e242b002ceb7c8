import type ts from 'typescript';

import { type Insertion, type SourceStyle } from './source-text.js';
import type { TypeScript } from './typescript.js';

/** A name that a file needs, and where it comes from. @internal */
export interface NeededImport {
  readonly name: string;
  readonly from: string;
}

/** The local name of an import; undefined if the file does not have it. @internal */
export function localName(
  compiler: TypeScript,
  source: ts.SourceFile,
  { name, from }: NeededImport,
): string | undefined {
  const found = importedNames(compiler, source).find(
    (one) => one.name === name && one.from === from && !one.isTypeOnly,
  );
  return found?.local;
}

/** The specifier from which a file imports another thing under this name, if it does. @internal */
export function otherOrigin(
  compiler: TypeScript,
  source: ts.SourceFile,
  { name, from }: NeededImport,
): string | undefined {
  const found = importedNames(compiler, source).find((one) => one.local === name);
  return found === undefined || found.from === from ? undefined : found.from;
}

/** Extends the import statement with the same specifier, or adds a statement. @internal */
export function importInsertion(
  compiler: TypeScript,
  source: ts.SourceFile,
  { name, from }: NeededImport,
  { eol, quote, semicolon }: SourceStyle,
): Insertion {
  const imports = source.statements.filter((one) => compiler.isImportDeclaration(one));
  const elements = imports
    .filter((one) => specifierOf(one) === from && !isTypeOnly(one))
    .map((one) => one.importClause?.namedBindings)
    .find((bindings) => bindings !== undefined && compiler.isNamedImports(bindings))?.elements;
  const last = elements?.at(-1);
  if (last !== undefined) return { at: last.getEnd(), text: `, ${name}` };
  const statement = `import { ${name} } from ${quote}${from}${quote}${semicolon}`;
  const alike = imports.filter((one) => isRelative(specifierOf(one)) === isRelative(from));
  const before = alike.at(-1) ?? (isRelative(from) ? imports.at(-1) : undefined);
  if (before !== undefined)
    return { at: endOfLine(source.text, before.getEnd()), text: eol + statement };
  const next = imports[0] ?? source.statements[0];
  return { at: next?.getStart() ?? source.text.length, text: statement + eol };
}

interface ImportedName extends NeededImport {
  readonly local: string;
  readonly isTypeOnly: boolean;
}

function importedNames(compiler: TypeScript, source: ts.SourceFile): ImportedName[] {
  return source.statements.flatMap((statement) => {
    if (!compiler.isImportDeclaration(statement)) return [];
    const from = specifierOf(statement);
    const isTypeOnlyStatement = isTypeOnly(statement);
    const { name: whole, namedBindings } = statement.importClause ?? {};
    const defaults =
      whole === undefined
        ? []
        : [{ name: 'default', local: whole.text, from, isTypeOnly: isTypeOnlyStatement }];
    if (namedBindings === undefined || !compiler.isNamedImports(namedBindings)) return defaults;
    const named = namedBindings.elements.map((element) => ({
      name: (element.propertyName ?? element.name).text,
      local: element.name.text,
      from,
      isTypeOnly: isTypeOnlyStatement || element.isTypeOnly,
    }));
    return [...defaults, ...named];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration): boolean {
  return statement.importClause?.isTypeOnly === true;
}

function specifierOf({ moduleSpecifier }: ts.ImportDeclaration): string {
  return (moduleSpecifier as ts.StringLiteral).text;
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

/** Skips a comment on the same line, but not another statement. */
function endOfLine(text: string, position: number): number {
  const rest = /^[ \t]*(\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)?(?=\r?\n|$)/.exec(
    text.slice(position),
  );
  return position + (rest?.[0].length ?? 0);
}
