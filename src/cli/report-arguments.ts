import { accessSync, constants, statSync } from 'node:fs';

/** @internal */
export interface ReportInvocation {
  readonly action: 'report';
  /** Files, or `-` for standard input. */
  readonly sources: readonly string[];
  readonly options: ReportOptions;
}

/** What to write, and where: `true` is a file next to the report, `-` standard output. @internal */
export interface ReportOptions {
  readonly svg?: string | true;
  readonly html?: string | true;
  readonly json?: boolean;
  /** Shows the last report alone, instead of all of them as a rollout. */
  readonly last?: boolean;
}

/** @param sources - the files named on the command line @internal */
export function reportProblems(
  sources: readonly string[],
  { svg, html, json }: ReportOptions,
): string[] {
  const allowed = 'a file that can be read, or - for standard input';
  const problems = sources
    .filter((source) => !isReadable(source))
    .map((source) => `the report is '${source}', expected ${allowed}`);
  if (sources.length === 0) problems.push(`no report given: name ${allowed}`);
  if (svg === '-' && html === '-') {
    problems.push('--svg and --html both go to standard output: name a file for one of them');
  } else if (json && (svg === '-' || html === '-')) {
    problems.push('--json goes to standard output: name a file for --svg and --html');
  }
  return problems;
}

/** Also accepts a pipe: `nestjs-drain report <(kubectl logs my-pod)`. */
function isReadable(source: string): boolean {
  if (source === '-') return true;
  try {
    accessSync(source, constants.R_OK);
    return !statSync(source).isDirectory();
  } catch {
    return false;
  }
}
