import { posix } from 'node:path';

import type ts from 'typescript';

import type { Tree } from './host.js';
import { noRootModule } from './schematics.errors.js';
import { parse } from './source-text.js';
import type { TypeScript } from './typescript.js';

/** Where the root module is. @internal */
export interface RootModule {
  readonly file: string;
  /** Undefined if only the file is known. */
  readonly className?: string;
}

/** @internal */
export interface Application {
  readonly sourceRoot: string;
  /** Without its extension. */
  readonly entryFile: string;
}

const CREATES = /^(create|createApplicationContext|createMicroservice)$/;

/**
 * Finds the module that the entry file passes to `NestFactory`; otherwise `app.module.ts`.
 *
 * @throws GracefulShutdownError `ERR_SCHEMATIC_NO_ROOT_MODULE`
 * @internal
 */
export function findRootModule(
  compiler: TypeScript,
  tree: Tree,
  { sourceRoot, entryFile }: Application,
): RootModule {
  const entry = posix.join(sourceRoot, `${entryFile}.ts`);
  const followed = tree.exists(entry) ? followEntry(compiler, tree, entry) : undefined;
  if (followed !== undefined) return followed;
  const usual = posix.join(sourceRoot, 'app.module.ts');
  if (tree.exists(usual)) return { file: usual };
  const reason = tree.exists(entry)
    ? `${entry} does not name it, and there is no ${usual}`
    : `there is no ${entry}, and no ${usual}`;
  throw noRootModule(sourceRoot, reason);
}

function followEntry(compiler: TypeScript, tree: Tree, entry: string): RootModule | undefined {
  const source = parse(compiler, entry, tree.readText(entry));
  const className = createdModule(compiler, source);
  if (className === undefined) return undefined;
  const isHere = source.statements.some(
    (one) => compiler.isClassDeclaration(one) && one.name?.text === className,
  );
  if (isHere) return { file: entry, className };
  for (const statement of source.statements) {
    if (!compiler.isImportDeclaration(statement)) continue;
    const { name, namedBindings } = statement.importClause ?? {};
    const named =
      namedBindings && compiler.isNamedImports(namedBindings) ? namedBindings : undefined;
    const element = named?.elements.find((one) => one.name.text === className);
    if (element === undefined && name?.text !== className) continue;
    const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
    const file = sourceFile(tree, entry, specifier);
    // The name of a default import is only known in its own file.
    if (file !== undefined) return element ? { file, className: originalName(element) } : { file };
  }
  return undefined;
}

function originalName({ propertyName, name }: ts.ImportSpecifier): string {
  return (propertyName ?? name).text;
}

/** `AppModule` in `NestFactory.create(AppModule)` and `NestFactory.create(AppModule.register())`. */
function createdModule(compiler: TypeScript, source: ts.SourceFile): string | undefined {
  const find = (node: ts.Node): string | undefined => {
    if (compiler.isCallExpression(node) && isCreation(compiler, node)) {
      const name = firstIdentifier(compiler, node.arguments[0]);
      if (name !== undefined) return name;
    }
    return compiler.forEachChild(node, find);
  };
  return find(source);
}

function isCreation(compiler: TypeScript, { expression }: ts.CallExpression): boolean {
  return (
    compiler.isPropertyAccessExpression(expression) &&
    expression.expression.getText() === 'NestFactory' &&
    CREATES.test(expression.name.text)
  );
}

function firstIdentifier(compiler: TypeScript, node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (compiler.isIdentifier(node)) return node.text;
  const isChain = compiler.isCallExpression(node) || compiler.isPropertyAccessExpression(node);
  return isChain ? firstIdentifier(compiler, node.expression) : undefined;
}

/** Resolves a specifier within the project; `src/app.module` is relative to its root (`baseUrl`). */
function sourceFile(tree: Tree, importer: string, specifier: string): string | undefined {
  const base = specifier.startsWith('.')
    ? posix.join(posix.dirname(importer), specifier)
    : specifier;
  const bare = base.replace(/\.(js|ts)$/, '');
  return [`${bare}.ts`, `${bare}/index.ts`].find(
    (file) => tree.exists(file) && tree.readText(file).includes('@Module('),
  );
}
