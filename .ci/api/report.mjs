import { dirname, join } from 'node:path';

import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'dist');
const ENTRIES = ['', 'opentelemetry', 'restart', 'testing'];
const HEAD = '=== ';

/** @returns every public name with its declaration, as a user's compiler sees it, without comments */
export function makeReport() {
  const program = programOf(emitDeclarations());
  const checker = program.getTypeChecker();
  const exported = ENTRIES.map((entry) => {
    const source = program.getSourceFile(join(dist, entry, 'index.d.ts'));
    const names = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
    return { entry, names: names.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  });
  const all = new Set(exported.flatMap(({ names }) => names.map((name) => resolved(name, checker))));
  const parts = exported.flatMap(({ entry, names }) =>
    names.map((name) => {
      const types = print(name, checker, (symbol) => all.has(symbol));
      return `${HEAD}${join('nestjs-drain', entry)} ${name.name}\n${types}\n`;
    }),
  );
  return parts.join('\n');
}

/** The names whose declarations differ, those that came and those that went. */
export function changedNames(before, after) {
  const [old, now] = [partsOf(before), partsOf(after)];
  const all = [...new Set([...old.keys(), ...now.keys()])];
  return all.filter((key) => old.get(key) !== now.get(key)).map((key) => key.split(' ')[1]);
}

function partsOf(report) {
  const parts = report.split(new RegExp(`^${HEAD}`, 'm')).slice(1);
  return new Map(parts.map((part) => [part.split('\n', 1)[0], part]));
}

function optionsOf() {
  const file = join(root, 'tsconfig.build.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return { ...parsed.options, noEmit: false, emitDeclarationOnly: true, outDir: dist };
}

/** Of the source, in memory: whatever the published files are made of, the types are these. */
function emitDeclarations() {
  const entries = ENTRIES.map((entry) => join(root, 'src', entry, 'index.ts'));
  const files = new Map();
  const program = ts.createProgram(entries, optionsOf());
  program.emit(undefined, (name, text) => files.set(name, text), undefined, true);
  return files;
}

function programOf(files) {
  const options = { ...optionsOf(), noEmit: true, emitDeclarationOnly: false, rootDir: undefined };
  const folders = new Set([...files.keys()].map((name) => dirname(name)));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile, directoryExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.directoryExists = (name) => folders.has(name) || directoryExists(name);
  host.getSourceFile = (name, language, ...others) =>
    files.has(name)
      ? ts.createSourceFile(name, files.get(name), language)
      : getSourceFile(name, language, ...others);
  return ts.createProgram(
    ENTRIES.map((entry) => join(dist, entry, 'index.d.ts')),
    options,
    host,
  );
}

/** With the types of ours that it is made of and that have no public name themselves. */
function print(name, checker, isPublic) {
  const symbols = [resolved(name, checker)];
  for (const symbol of symbols) {
    for (const other of typesIn(symbol, checker)) {
      if (!isPublic(other) && !symbols.includes(other)) symbols.push(other);
    }
  }
  return symbols
    .flatMap(({ declarations }) => declarations)
    .map((declaration) => text(declaration))
    .join('\n');
}

function resolved(symbol, checker) {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  return isAlias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The types of this package that the declarations of a symbol name. */
function typesIn({ declarations }, checker) {
  const found = [];
  const visit = (node) => {
    if (isPrivate(node)) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const symbol = name && checker.getSymbolAtLocation(name);
    const type = symbol && resolved(symbol, checker);
    if (type?.declarations?.every((declaration) => isOurs(declaration))) found.push(type);
    ts.forEachChild(node, visit);
  };
  for (const declaration of declarations) visit(declaration);
  return found;
}

function isOurs(declaration) {
  return (
    declaration.getSourceFile().fileName.startsWith(dist) &&
    !ts.isTypeParameterDeclaration(declaration)
  );
}

function isPrivate(node) {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
}

function text(declaration) {
  const printer = ts.createPrinter({ removeComments: true });
  const node = ts.isVariableDeclaration(declaration)
    ? declaration.parent.parent
    : ts.isClassDeclaration(declaration)
      ? withoutPrivate(declaration)
      : declaration;
  return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
}

function withoutPrivate(declaration) {
  const { modifiers, name, typeParameters, heritageClauses, members } = declaration;
  const visible = members.filter((member) => !isPrivate(member));
  return ts.factory.updateClassDeclaration(
    declaration,
    modifiers,
    name,
    typeParameters,
    heritageClauses,
    visible,
  );
}
