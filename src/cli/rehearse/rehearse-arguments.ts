import { accessSync, constants } from 'node:fs';

import { scriptFile, scriptProblem } from '../script-file.js';

/** @internal */
export interface RehearseInvocation {
  readonly action: 'rehearse';
  /** Undefined if a command is given. */
  readonly script: string | undefined;
  readonly args: readonly string[];
  readonly options: RehearseOptions;
}

/** The options as typed; `runOptions()` adds the defaults. @internal */
export interface RehearseOptions {
  readonly command?: string;
  readonly port?: number;
  readonly paths?: readonly string[];
  readonly posts?: readonly { readonly path: string; readonly file: string }[];
  readonly webSockets?: readonly string[];
  readonly eventStreams?: readonly string[];
  readonly readyPath?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly platform?: string;
  readonly patienceMs?: number;
  readonly lagMs?: number;
  readonly clients?: number;
  readonly rate?: number;
  readonly loadMs?: number;
  readonly startTimeoutMs?: number;
  readonly against?: 'plain';
  readonly json?: boolean;
  readonly svg?: string | true;
  readonly html?: string | true;
  readonly junit?: string | true;
}

/** @param words - the words that are not options @internal */
export function rehearseProblems(
  words: readonly string[],
  args: readonly string[],
  { command, json, ...options }: RehearseOptions,
): string[] {
  const [script, ...others] = words;
  const problems = others.map(
    (word) => `unexpected '${word}': arguments for the service come after --`,
  );
  if (command !== undefined) {
    if (script !== undefined) {
      problems.push(`'${script}' and --command cannot be combined: pass one`);
    }
    if (args.length > 0) problems.push('arguments after -- belong in --command');
  } else if (script === undefined) {
    problems.push(
      "no service given: name its main file, such as dist/main.js, or pass --command 'npm start'",
    );
  } else if (scriptFile(script) === undefined) {
    problems.push(scriptProblem(script));
  }
  const outputs = [json === true ? '-' : '', options.svg, options.html, options.junit];
  if (outputs.filter((output) => output === '-').length > 1) {
    problems.push('only one of --json, --svg, --html and --junit can go to standard output');
  }
  return [...problems, ...unreadable(options)];
}

function unreadable({ posts = [] }: RehearseOptions): string[] {
  return posts.flatMap(({ file }) => {
    try {
      accessSync(file, constants.R_OK);
      return [];
    } catch {
      return [`the body of --post is '${file}', expected a file that can be read`];
    }
  });
}
