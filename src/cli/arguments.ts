import { parseArgs } from 'node:util';

import { type Action, OPTION_RULES, type OptionRule, optionsOf } from './command-options.js';
import { wrongUsage } from './command.errors.js';
import type { ServiceChoice } from './find-service.js';
import type { KubernetesInvocation } from './kubernetes.js';
import { joinOptionalValues } from './optional-values.js';
import { type RehearseInvocation, rehearseProblems } from './rehearse/rehearse-arguments.js';
import { type ReportInvocation, reportProblems } from './report-arguments.js';
import { scriptFile, scriptProblem } from './script-file.js';

/** The parsed command line. @internal */
export type Invocation =
  | RunInvocation
  | ReloadInvocation
  | StatusInvocation
  | ReportInvocation
  | KubernetesInvocation
  | RehearseInvocation
  | { readonly action: 'help' }
  | { readonly action: 'version' };

/** @internal */
export interface RunInvocation {
  readonly action: 'run';
  readonly script: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
  /** The options as they were typed. */
  readonly given: readonly string[];
}

/** @internal */
export interface RunOptions {
  readonly workers?: number;
  readonly readyTimeoutMs?: number;
  readonly readyPath?: string;
  readonly soakMs?: number;
  readonly pidFile?: string;
  readonly hooks?: string;
  readonly control?: string;
}

/** @internal */
export interface ReloadInvocation {
  readonly action: 'reload';
  readonly options: ServiceChoice & { readonly wait?: boolean; readonly workers?: number };
}

/** @internal */
export interface StatusInvocation {
  readonly action: 'status';
  readonly options: ServiceChoice & { readonly json?: boolean };
}

const FOR_THE_APPLICATION = ': arguments for the application come after --';
const SUBCOMMANDS = ['reload', 'status', 'report', 'kubernetes', 'rehearse'] as const;

/**
 * @param argv - without the paths of node and of the command
 * @throws GracefulShutdownError `ERR_RESTART_USAGE` with every problem
 * @internal
 */
export function parseArguments(argv: readonly string[]): Invocation {
  const line = readLine(argv);
  for (const action of ['help', 'version'] as const) {
    if (line.options.some(({ name }) => name === action)) return { action };
  }
  const [first] = line.words;
  const action = SUBCOMMANDS.find((name) => name === first) ?? 'run';
  const problems = line.options.flatMap((option) => problemWith(option, action));
  const options = valuesOf(line.options) as never;
  if (action === 'report') {
    const [, ...sources] = [...line.words, ...line.args];
    refuse([...problems, ...(line.isUnclear ? [] : reportProblems(sources, options))]);
    return { action, sources, options };
  }
  if (action === 'rehearse') {
    const words = line.words.slice(1);
    refuse([...problems, ...(line.isUnclear ? [] : rehearseProblems(words, line.args, options))]);
    return { action, script: words[0], args: line.args, options };
  }
  if (action !== 'run') {
    refuse([...problems, ...choiceProblems(line), ...strayProblems(line, '', line.args)]);
    return { action, options };
  }
  const script = first === undefined ? undefined : scriptFile(first);
  refuse([
    ...problems,
    ...scriptProblems(line, script),
    ...strayProblems(line, FOR_THE_APPLICATION),
  ]);
  const given = line.options.map(({ typed }) => typed);
  return { action, script: script!, args: line.args, options, given };
}

interface Line {
  readonly options: readonly GivenOption[];
  /** The subcommand or the script, and any stray words. */
  readonly words: readonly string[];
  /** The words after `--`. */
  readonly args: readonly string[];
  /** Whether a word may have been meant as the value of an option. */
  readonly isUnclear: boolean;
}

interface GivenOption {
  readonly name: string;
  /** With its dashes. */
  readonly typed: string;
  readonly value: string | undefined;
}

function readLine(typed: readonly string[]): Line {
  const argv = joinOptionalValues(typed);
  const takesValue = Object.entries(OPTION_RULES).map(
    ([name, rule]) => [name, { type: needsValue(rule) ? 'string' : 'boolean' }] as const,
  );
  const { tokens } = parseArgs({
    args: argv,
    options: {
      ...Object.fromEntries(takesValue),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
    strict: false, // In strict mode Node stops at the first problem.
    tokens: true,
  });
  const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? argv.length;
  const options = tokens
    .filter((token) => token.kind === 'option')
    .map(({ name, rawName, value, inlineValue }): GivenOption => {
      // In `--workers --soak 1s` Node takes `--soak` for the value of `--workers`.
      const isMissing = inlineValue === false && value.startsWith('--');
      return { name, typed: rawName, value: isMissing ? undefined : value };
    });
  return {
    options,
    words: tokens
      .filter((token) => token.kind === 'positional')
      .filter(({ index }) => index < end)
      .map(({ value }) => value),
    args: argv.slice(end + 1),
    isUnclear: options.some(({ name, value }) => {
      const rule = Object.hasOwn(OPTION_RULES, name) ? OPTION_RULES[name] : undefined;
      return rule === undefined || (needsValue(rule) && value === undefined);
    }),
  };
}

function needsValue({ value }: OptionRule): boolean {
  return value !== undefined && !value.isOptional;
}

function problemWith({ name, typed, value }: GivenOption, action: Action): string[] {
  const rule = Object.hasOwn(OPTION_RULES, name) ? OPTION_RULES[name] : undefined;
  if (rule === undefined || !rule.actions.includes(action)) {
    const where = action === 'run' ? '' : ` of ${action}`;
    return [`unknown option ${typed}${where}, expected one of ${optionsOf(action).join(', ')}`];
  }
  if (rule.value === undefined) {
    return value === undefined ? [] : [`${typed} is '${value}', but takes no value`];
  }
  const { allowed, isOptional } = rule.value;
  if (value === undefined) {
    return isOptional ? [] : [`${typed} has no value, expected ${allowed}`];
  }
  if (rule.value.read(value) !== undefined) return [];
  return [`${typed} is '${value}', expected ${allowed}`];
}

/** If an option is given twice, the last one counts, unless the option is repeatable. */
function valuesOf(options: readonly GivenOption[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, value } of options) {
    const rule = Object.hasOwn(OPTION_RULES, name) ? OPTION_RULES[name] : undefined;
    if (rule === undefined) continue;
    const read = value === undefined ? true : rule.value?.read(value);
    const others = (values[rule.key] ?? []) as unknown[];
    if (!rule.isRepeated) values[rule.key] = read;
    else if (read !== undefined) values[rule.key] = [...others, read];
  }
  return values;
}

function choiceProblems({ options }: Line): string[] {
  const choices = new Set(['pid', 'pid-file', 'control']);
  const made = new Set(options.map(({ name }) => name).filter((name) => choices.has(name)));
  if (made.size <= 1) return [];
  return [`${[...made].map((name) => `--${name}`).join(' and ')} cannot be combined: pass one`];
}

function scriptProblems({ words: [first], isUnclear }: Line, found: string | undefined): string[] {
  if (isUnclear || found !== undefined) return [];
  if (first !== undefined) {
    const isWord = /^[a-z]+$/.test(first);
    const others = isWord ? `, or one of the commands ${SUBCOMMANDS.join(', ')}` : '';
    return [`${scriptProblem(first)}${others}`];
  }
  return ['no script given: name the main file of the application, such as dist/main.js'];
}

function strayProblems(
  { words, isUnclear }: Line,
  remedy: string,
  args: readonly string[] = [],
): string[] {
  if (isUnclear) return [];
  return [...words.slice(1), ...args].map((word) => `unexpected '${word}'${remedy}`);
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw wrongUsage(problems);
}
