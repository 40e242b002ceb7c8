import { indentAt, insert } from './source-text.js';
import type { TypeScript } from './typescript.js';

/** @internal */
export interface Manifest {
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Adds a dependency to the text of a package.json, sorted by name. The rest keeps its format.
 *
 * @returns undefined if it is already there, or if there are no dependencies at all
 * @internal
 */
export function addDependency(
  compiler: TypeScript,
  text: string,
  name: string,
  range: string,
): string | undefined {
  const source = compiler.parseJsonText('package.json', text);
  const root = source.statements[0]?.expression;
  if (root === undefined || !compiler.isObjectLiteralExpression(root)) return undefined;
  const dependencies = root.properties
    .filter((one) => compiler.isPropertyAssignment(one))
    .find(({ name: key }) => key.getText(source) === '"dependencies"')?.initializer;
  if (dependencies === undefined || !compiler.isObjectLiteralExpression(dependencies)) {
    return undefined;
  }
  const entries = dependencies.properties.map((one) => ({
    key: JSON.parse(one.name!.getText(source)) as string,
    start: one.getStart(source),
    end: one.getEnd(),
  }));
  if (entries.length === 0 || entries.some(({ key }) => key === name)) return undefined;
  const entry = `${JSON.stringify(name)}: ${JSON.stringify(range)}`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const next = entries.find(({ key }) => key > name);
  const last = entries.at(-1)!;
  const indent = indentAt(text, last.start);
  const insertion =
    next === undefined
      ? { at: last.end, text: `,${eol}${indent}${entry}` }
      : { at: next.start, text: `${entry},${eol}${indent}` };
  return insert(text, [insertion]);
}
