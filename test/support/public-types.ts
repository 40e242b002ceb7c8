import { join } from 'node:path';

import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');

/** What the entries of the package export, as the compiler sees it. */
export function publicTypes(): { checker: ts.TypeChecker; exported: ts.Symbol[] } {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const entries = ['index', 'opentelemetry/index', 'restart/index', 'testing/index'].map((name) =>
    join(root, 'src', `${name}.ts`),
  );
  const program = ts.createProgram(entries, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const exported = entries
    .map((entry) => checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
    .flatMap((module) => checker.getExportsOfModule(module))
    .map((symbol) =>
      (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol),
    );
  return { checker, exported };
}
