import type ts from 'typescript';

import { importInsertion, localName, type NeededImport, otherOrigin } from './import-edit.js';
import { cannotEdit } from './schematics.errors.js';
import {
  indentAt,
  insert,
  type Insertion,
  parse,
  type SourceStyle,
  styleOf,
} from './source-text.js';
import type { TypeScript } from './typescript.js';

/** A class to add to a module. @internal */
export interface ModuleAddition extends NeededImport {
  /** The list of `@Module()` to add it to. */
  readonly list: 'imports' | 'controllers';
}

/**
 * Adds classes to the lists of a module by inserting text, so that existing code keeps its format.
 * A class that is already there is not added again.
 *
 * @param className - which module, if the file has several
 * @throws GracefulShutdownError `ERR_SCHEMATIC_CANNOT_EDIT` if the metadata is no object literal
 * @internal
 */
export function addToModule(
  compiler: TypeScript,
  file: string,
  text: string,
  additions: readonly ModuleAddition[],
  className?: string,
): string {
  return additions.reduce((changed, addition) => {
    const source = parse(compiler, file, changed);
    return insert(changed, insertionsFor(compiler, source, addition, className));
  }, text);
}

function insertionsFor(
  compiler: TypeScript,
  source: ts.SourceFile,
  addition: ModuleAddition,
  className: string | undefined,
): Insertion[] {
  const file = source.fileName;
  const local = localName(compiler, source, addition);
  if (local !== undefined && isUsed(compiler, source, local)) return [];
  const other = otherOrigin(compiler, source, addition);
  if (local === undefined && other !== undefined) {
    throw cannotEdit(file, `it imports another ${addition.name} from '${other}'`);
  }
  const style = styleOf(compiler, source);
  const metadata = metadataOf(compiler, source, className);
  const entry = entryInsertions(compiler, metadata, addition.list, local ?? addition.name, style);
  if (local !== undefined) return entry;
  return [importInsertion(compiler, source, addition, style), ...entry];
}

/** Whether a name is used outside of its import. */
function isUsed(compiler: TypeScript, source: ts.SourceFile, name: string): boolean {
  const isIn = (node: ts.Node): boolean =>
    !compiler.isImportDeclaration(node) &&
    ((compiler.isIdentifier(node) && node.text === name) ||
      compiler.forEachChild(node, isIn) === true);
  return isIn(source);
}

/** The argument of `@Module()`. */
function metadataOf(
  compiler: TypeScript,
  source: ts.SourceFile,
  className: string | undefined,
): ts.ObjectLiteralExpression {
  const file = source.fileName;
  const modules = source.statements
    .filter((one) => compiler.isClassDeclaration(one))
    .map((one) => ({ name: one.name?.text, call: moduleDecorator(compiler, source, one) }))
    .filter(({ call }) => call !== undefined);
  const named = modules.find(({ name }) => name !== undefined && name === className);
  const found = named ?? (modules.length === 1 ? modules[0] : undefined);
  if (found === undefined) {
    const reason =
      modules.length === 0 ? 'it has no class with @Module()' : 'it has several modules';
    throw cannotEdit(file, reason);
  }
  const [argument] = found.call!.arguments;
  const metadata = argument && literalOf(compiler, source, argument);
  if (metadata === undefined)
    throw cannotEdit(file, 'its @Module() does not take an object literal');
  return metadata;
}

function moduleDecorator(
  compiler: TypeScript,
  source: ts.SourceFile,
  declaration: ts.ClassDeclaration,
): ts.CallExpression | undefined {
  const local = localName(compiler, source, { name: 'Module', from: '@nestjs/common' });
  return compiler
    .getDecorators(declaration)
    ?.map(({ expression }) => expression)
    .filter((one) => compiler.isCallExpression(one))
    .find(({ expression }) =>
      compiler.isPropertyAccessExpression(expression)
        ? expression.name.text === 'Module'
        : expression.getText() === (local ?? 'Module'),
    );
}

/** The object literal of an expression: itself, or that of a constant in the same file. */
function literalOf(
  compiler: TypeScript,
  source: ts.SourceFile,
  expression: ts.Expression,
): ts.ObjectLiteralExpression | undefined {
  const bare = unwrapped(compiler, expression);
  if (compiler.isObjectLiteralExpression(bare)) return bare;
  if (!compiler.isIdentifier(bare)) return undefined;
  const value = source.statements
    .filter((one) => compiler.isVariableStatement(one))
    .flatMap(({ declarationList }) => declarationList.declarations)
    .find(({ name }) => name.getText() === bare.text)?.initializer;
  const found = value && unwrapped(compiler, value);
  return found && compiler.isObjectLiteralExpression(found) ? found : undefined;
}

/** Removes parentheses, `as` and `satisfies`. */
function unwrapped(compiler: TypeScript, expression: ts.Expression): ts.Expression {
  const isWrapped =
    compiler.isParenthesizedExpression(expression) ||
    compiler.isAsExpression(expression) ||
    compiler.isSatisfiesExpression(expression);
  return isWrapped ? unwrapped(compiler, expression.expression) : expression;
}

function entryInsertions(
  compiler: TypeScript,
  metadata: ts.ObjectLiteralExpression,
  list: string,
  entry: string,
  style: SourceStyle,
): Insertion[] {
  const property = metadata.properties.find(
    ({ name }) => name !== undefined && /^(['"]?)(.*)\1$/.exec(name.getText())![2] === list,
  );
  if (property === undefined) {
    if (metadata.properties.some((one) => compiler.isSpreadAssignment(one))) {
      throw cannotEdit(
        metadata.getSourceFile().fileName,
        `its ${list} may come from an object that is spread`,
      );
    }
    return [asFirst(metadata, metadata.properties, `${list}: [${entry}]`, style, ' ')];
  }
  if (compiler.isShorthandPropertyAssignment(property)) {
    return [{ at: property.getEnd(), text: `: [${entry}, ...${list}]` }];
  }
  if (!compiler.isPropertyAssignment(property)) {
    throw cannotEdit(metadata.getSourceFile().fileName, `its ${list} are not an array`);
  }
  const value = unwrapped(compiler, property.initializer);
  if (compiler.isArrayLiteralExpression(value)) {
    return [asFirst(value, value.elements, entry, style, '')];
  }
  return [
    { at: property.initializer.getStart(), text: `[${entry}, ...` },
    { at: property.initializer.getEnd(), text: ']' },
  ];
}

/** Inserts the first item of a list, on the same line or on its own, as the list is written. */
function asFirst(
  literal: ts.Expression,
  items: ts.NodeArray<ts.Node>,
  text: string,
  { eol, indent }: SourceStyle,
  padding: string,
): Insertion {
  const source = literal.getSourceFile();
  const at = literal.getStart() + 1;
  const end = literal.getEnd() - 1;
  const [first] = items;
  if (first !== undefined) {
    // The comments before the first item belong to it.
    const start = at + /^\s*/.exec(source.text.slice(at))![0].length;
    const between = source.text.slice(at, start);
    if (!between.includes('\n')) return { at: start, text: `${text}, ` };
    return { at: start, text: `${text},${/\r?\n[ \t]*$/.exec(between)![0]}` };
  }
  const inside = source.text.slice(at, end);
  if (inside.trim() !== '') return { at, text: `${padding}${text},` };
  if (!inside.includes('\n')) {
    return inside === ''
      ? { at, text: `${padding}${text}${padding}` }
      : { at, text: `${padding}${text}` };
  }
  return { at, text: `${eol}${indentAt(source.text, literal.getStart())}${indent}${text},` };
}
