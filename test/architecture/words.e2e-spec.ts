import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

import { publicTypes } from '../support/public-types.js';

const root = join(import.meta.dirname, '..', '..');
const source = join(root, 'src');
const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8');

/** A field, an option, a method or what a channel publishes. */
interface Member {
  /** `ReportedState.atMs` */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

/** What the glossary has another word for. */
const OTHER_WORDS: readonly (readonly [word: RegExp, instead: string])[] = [
  [/underWay|busy/i, 'in flight, tasks'],
  [/work(Item|s)|piece/i, 'task'],
  [/told/i, 'announced'],
  [/^(ok|status|succeeded|end|endedWith|reason(Of|For)End)$/i, 'outcome, endedBy, closedBy'],
  [/^(is|has)?(failed|done|unfinished|flushed|aborted|completed)$/i, 'outcome, or its count'],
  [/(start|end|begin|offset|since|when)Ms$/i, 'atMs'],
  [/(duration|took)(Ms)?$/i, 'ms'],
];

/** The type says which of the three it is, and the name says the same. */
const NAMED_AFTER_THEIR_TYPE = { Outcome: 'outcome', EndedBy: 'endedBy', ClosedBy: 'closedBy' };

const EXCEPTIONS: ReadonlySet<string> = new Set([
  // Counts, by outcome.
  'ReportedRequests.completed',
  'ReportedRequests.aborted',
  'ExpectedShutdown.completed',
  // What `nestjs-drain status` shows.
  'GracefulRestart.status',
]);

let members: readonly Member[] = [];
let unions: ReadonlyMap<string, readonly string[]> = new Map();

beforeAll(() => {
  const { checker, exported } = publicTypes();
  const declarations = exported
    .flatMap((symbol) => symbol.declarations ?? [])
    .flatMap((declaration) => [declaration, ...basesOf(declaration, checker)]);
  members = declarations.flatMap((declaration) => membersOf(declaration, ''));
  unions = new Map(
    declarations.filter(ts.isTypeAliasDeclaration).map((one) => [one.name.text, literalsIn(one)]),
  );
}, 120_000);

/** The interfaces of this package that one extends. */
function basesOf(declaration: ts.Declaration, checker: ts.TypeChecker): ts.Declaration[] {
  if (!ts.isInterfaceDeclaration(declaration)) return [];
  return (declaration.heritageClauses ?? [])
    .flatMap(({ types }) => types)
    .flatMap((base) => checker.getTypeAtLocation(base).symbol.declarations ?? [])
    .filter((base) => base.getSourceFile().fileName.startsWith(source));
}

/** With those of the objects that stand inside. */
function membersOf(node: ts.Node, path: string): Member[] {
  const own = (node as { name?: ts.Node }).name?.getText();
  const here = own === undefined ? path : `${path}${path === '' ? '' : '.'}${own}`;
  const found: Member[] = [];
  const add = (member: ts.Node) => {
    if (!isPublic(member)) return;
    const { name, type } = member as { name?: ts.Node; type?: ts.Node };
    if (name !== undefined) {
      found.push({
        path: `${here}.${name.getText()}`,
        name: name.getText().replaceAll(/['"]/g, ''),
        type: type?.getText() ?? '',
        doc: ts
          .getJSDocCommentsAndTags(member)
          .map((comment) => comment.getText())
          .join('\n'),
      });
    }
    found.push(...membersOf(member, here));
  };
  ts.forEachChild(node, (child) => {
    if (ts.isTypeElement(child) || ts.isClassElement(child)) add(child);
    else if (ts.isTypeNode(child)) found.push(...membersOf(child, here));
  });
  return found;
}

function isPublic(node: ts.Node): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if ((ts.getCombinedModifierFlags(node as ts.Declaration) & hidden) !== 0) return false;
  const { name } = node as { name?: ts.Node };
  if (name !== undefined && ts.isPrivateIdentifier(name)) return false;
  return !ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
}

function literalsIn(node: ts.Node): string[] {
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return [node.literal.text];
  const found: string[] = [];
  ts.forEachChild(node, (child) => void found.push(...literalsIn(child)));
  return found;
}

function isInstant(name: string): boolean {
  return name === 'atMs' || name.endsWith('AtMs');
}

/** A row of the glossary: its term, and the cells behind it. */
function row(term: string): string[] {
  const line = glossary.split('\n').find((one) => /^\| (\S.*?) +\|/.exec(one)?.[1] === term);
  if (line === undefined) throw new Error(`the glossary has no row ${term}`);
  return line.split('|').slice(2, -1);
}

function quotedIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
}

/** What a member may be, where it is one of several words. */
function valuesOf(path: string): string[] {
  const { type } = members.find((member) => member.path === path)!;
  return [...type.matchAll(/'([^']+)'/g)].map(([, word]) => word!);
}

function texts(): [file: string, text: string][] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => [name, readFileSync(join(source, name), 'utf8')]);
}

describe('public names', () => {
  it('are all checked, including options, the report and the channels', () => {
    const paths = members.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(150);
    expect(paths).toEqual(
      expect.arrayContaining([
        'GracefulShutdownOptions.drainTimeoutMs',
        'ShutdownReport.result',
        'ReportedHook.outcome',
        "ShutdownDiagnostics.'nestjs-drain:request:end'.outcome",
        'ReloadResult.outcome',
        'DrainParticipant.active',
      ]),
    );
  });

  it('use the words of the glossary', () => {
    const wrong = members.flatMap(({ path, name }) =>
      EXCEPTIONS.has(path)
        ? []
        : OTHER_WORDS.filter(([word]) => word.test(name)).map(([, use]) => `${path}: ${use}`),
    );
    expect(wrong).toEqual([]);
  });

  it('distinguish an instant from a duration', () => {
    const times = members.filter(({ name }) => /ms$/i.test(name));
    const wrong = times
      .filter(({ name, doc }) => doc.includes('after `startedAt`') !== isInstant(name))
      .map(({ path }) => path);
    expect(times.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('say how work ended, why a state ended and who closed a connection', () => {
    const wrong = members
      .filter(({ name, type }) =>
        Object.entries(NAMED_AFTER_THEIR_TYPE).some(([typeName, wanted]) => {
          const isOfType = new RegExp(`\\b${typeName}\\b`).test(type.split('{')[0]!);
          return isOfType !== (name === wanted);
        }),
      )
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

describe('the glossary', () => {
  it.each([
    ['`outcome`', 'Outcome'],
    ['`endedBy`', 'EndedBy'],
    ['`closedBy`', 'ClosedBy'],
  ])('has the values of %s', (term, type) => {
    expect(quotedIn(row(term).at(-1)!).toSorted()).toEqual(unions.get(type)!.toSorted());
  });

  it('has the states, the results and the phases', () => {
    expect(quotedIn(row('state')[0]!)).toEqual(unions.get('ShutdownState'));
    expect(quotedIn(row('`result`').at(-1)!)).toEqual(valuesOf('ShutdownReport.result'));
    expect(quotedIn(row('phase')[0]!)).toEqual(valuesOf('WorkerStatus.phase'));
  });

  it('has each term once', () => {
    const [, ...sections] = glossary.split(/^## /m);
    const terms = sections.flatMap((section) =>
      [...section.matchAll(/^\| (?!-)(\S.*?) +\|/gm)].map(([, term]) => term!),
    );
    const headings = new Set(['term', 'outcome', 'closed by', 'name']);
    const seen = terms.filter((term) => !headings.has(term));
    expect(seen.length).toBeGreaterThan(40);
    // `cut` is an outcome, and one of those who close a connection.
    expect(seen.filter((term, i) => seen.indexOf(term) !== i)).toEqual(['`cut`']);
  });
});

it('metrics and attributes use the words of the glossary', () => {
  const names = texts()
    .filter(([file]) => file.startsWith('opentelemetry'))
    .flatMap(([, text]) => [...text.matchAll(/nestjs_drain\.[a-z_.]+/g)].map(([name]) => name));
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => /phase|offset|status|reason$|active$|busy/.test(name))).toEqual(
    // The convention for a metric whose attribute is the state; why somebody called `shutdown(reason)`.
    ['nestjs_drain.lifecycle.status', 'nestjs_drain.shutdown.reason'],
  );
});

it('no log line and no comment says "under way" for "in flight"', () => {
  const found = texts()
    .filter(([, text]) => /\bunder[\s*]+way\b/i.test(text))
    .map(([file]) => file);
  expect(found).toEqual([]);
});
