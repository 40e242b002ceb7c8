import { accessSync, constants, statSync } from 'node:fs';

/** @internal */
export interface ReportInvocation {
  readonly action: 'report';
  /** A file, or `-` for standard input. */
  readonly source: string;
  readonly options: ReportOptions;
}

/** What to write, and where: true is a file beside the report, `-` standard output. @internal */
export interface ReportOptions {
  readonly svg?: string | true;
  readonly html?: string | true;
}

/** @param sources - what was given as the report @internal */
export function reportProblems(
  [source, ...others]: readonly string[],
  { svg, html }: ReportOptions,
): string[] {
  const allowed = 'a file that can be read, or - for standard input';
  const problems = others.map((word) => `unexpected '${word}': one report is shown at a time`);
  if (source === undefined) problems.push(`there is no report: name ${allowed}`);
  else if (!isReadable(source)) problems.push(`the report is '${source}', expected ${allowed}`);
  if (svg === '-' && html === '-') {
    problems.push('--svg and --html both go to standard output: name a file for one of them');
  }
  return problems;
}

/** A pipe will do, too: `nestjs-drain report <(kubectl logs my-pod)`. */
function isReadable(source: string): boolean {
  if (source === '-') return true;
  try {
    accessSync(source, constants.R_OK);
    return !statSync(source).isDirectory();
  } catch {
    return false;
  }
}
