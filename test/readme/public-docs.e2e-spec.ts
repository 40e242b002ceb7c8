import ts from 'typescript';
import { expect, it } from 'vitest';

import { publicTypes } from '../support/public-types.js';

it('every public name and every public member has a doc comment', () => {
  const { checker, exported } = publicTypes();
  const bare = new Set<string>();
  let seen = 0;
  for (const symbol of exported) {
    for (const [path, member] of [[symbol.name, symbol] as const, ...membersOf(symbol)]) {
      seen += 1;
      if (!isTold(member, checker)) bare.add(path);
    }
  }
  expect(seen).toBeGreaterThan(100);
  expect([...bare]).toEqual([]);
}, 120_000);

/** The public members that a class or an interface declares, those of its objects within included. */
function membersOf(symbol: ts.Symbol): (readonly [string, ts.Symbol])[] {
  const members = (symbol.declarations ?? []).flatMap((declaration) => {
    if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
      return [...declaration.members];
    }
    if (!ts.isTypeAliasDeclaration(declaration)) return [];
    return ts.isTypeLiteralNode(declaration.type) ? [...declaration.type.members] : [];
  });
  return members.filter(isPublic).flatMap((member) => {
    const own = (member as { symbol?: ts.Symbol }).symbol;
    if (own === undefined || member.name === undefined) return [];
    return [[`${symbol.name}.${member.name.getText()}`, own] as const];
  });
}

function isPublic(member: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if ((ts.getCombinedModifierFlags(member) & hidden) !== 0) return false;
  if (ts.isConstructorDeclaration(member)) return false;
  const name = (member as ts.NamedDeclaration).name;
  if (name !== undefined && ts.isPrivateIdentifier(name)) return false;
  return !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
}

function isTold(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  return symbol.getDocumentationComment(checker).length > 0;
}
