import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { root } from './pages.js';

export interface DocExample {
  /** The public name that it is about. */
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

/**
 * What an example may take for granted, as its reader's editor adds it: an example that stands in a
 * tooltip has no room for imports.
 */
const granted: Readonly<Record<string, readonly string[]>> = {
  "from '@nestjs/common'": ['Controller', 'Get', 'Injectable', 'Module', 'Res'],
  "from '@nestjs/terminus'": ['HealthCheck', 'HealthCheckService'],
  "from '@nestjs/core'": ['DiscoveryService'],
  "from 'nestjs-drain'": [
    'DeadlineSignal',
    'DrainParticipant',
    'GracefulShutdownHealthIndicator',
    'GracefulShutdownModule',
    'GracefulShutdownService',
    'LongLived',
    'type ShutdownDiagnostics',
    'TrackInFlight',
  ],
  "from 'nestjs-drain/restart'": ['GracefulRestart'],
  "from 'nestjs-drain/testing'": ['assertReport', 'ShutdownTest'],
  "from 'node:diagnostics_channel'": ['subscribe'],
  "from 'node:http'": ['createServer', 'type RequestListener', 'type ServerResponse'],
};

/** Of every doc comment in `src`. */
export function docExamples(): DocExample[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .flatMap(examplesIn);
}

/** The example as a file of its own. */
export function asFile({ code, name }: DocExample): string {
  const imports = Object.entries(granted).flatMap(([from, names]) => {
    const used = names.filter((one) => isTakenForGranted(one.replace('type ', ''), code));
    return used.length > 0 ? `import { ${used.join(', ')} } ${from};` : [];
  });
  // The user's own application, and the test that was begun in the example before.
  const declared = [
    /\bAppModule\b/.test(code) && !/class AppModule/.test(code) ? 'class AppModule {}' : '',
    name === 'assertReport'
      ? "declare const test: import('nestjs-drain/testing').ShutdownTest;"
      : '',
  ];
  return [...imports, ...declared, code, 'export {};', ''].join('\n');
}

function isTakenForGranted(name: string, code: string): boolean {
  const isImported = new RegExp(`^import .*\\b${name}\\b`, 'm').test(code);
  return !isImported && new RegExp(`\\b${name}\\b`).test(code);
}

function examplesIn(file: string): DocExample[] {
  const text = readFileSync(join(root, 'src', file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: DocExample[] = [];
  const visit = (node: ts.Node): void => {
    for (const comment of ts.getJSDocCommentsAndTags(node)) {
      // That of a declaration counts for its parts, too.
      if (!ts.isJSDoc(comment) || comment.parent !== node) continue;
      const codes = codesIn(comment.getText());
      found.push(...codes.map((code) => ({ name: nameOf(node), file, code })));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function nameOf(node: ts.Node): string {
  return (node as { name?: ts.Node }).name?.getText() ?? 'nameless';
}

/** Read as text: a decorator at the beginning of a line is a tag to the compiler. */
function codesIn(comment: string): string[] {
  const text = comment.replaceAll(/^\s*\* ?/gm, '');
  return [...text.matchAll(/^@example\n+```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
}
