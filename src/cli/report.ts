import type { ShutdownReport } from '../report/shutdown-report.js';
import { htmlPicture } from './picture/html-picture.js';
import { parseReport, parseReports } from './picture/parse-report.js';
import { svgPicture } from './picture/svg-picture.js';
import { terminalPicture } from './picture/terminal-picture.js';
import { readText } from './read-text.js';
import type { ReportInvocation, ReportOptions } from './report-arguments.js';
import { htmlRollout } from './rollout/html-rollout.js';
import { hostOf, rolloutOf } from './rollout/rollout.js';
import { svgRollout } from './rollout/svg-rollout.js';
import { terminalRollout } from './rollout/terminal-rollout.js';
import { writeOutput } from './write-output.js';

/** The outputs, each created on demand. */
interface Views {
  /** The default base name of files. */
  readonly name: string;
  readonly data: unknown;
  svg(): string;
  html(): string;
  terminal(): string;
}

/** `nestjs-drain report`: one as a timeline, several as a rollout. @returns the exit status @internal */
export async function report({ sources, options }: ReportInvocation): Promise<number> {
  const reports: ShutdownReport[] = [];
  for (const source of options.last ? sources.slice(-1) : sources) {
    const name = source === '-' ? 'standard input' : source;
    const content = await readText(source);
    if (options.last) reports.push(parseReport(content, name));
    else reports.push(...parseReports(content, name));
  }
  const different = withoutCopies(reports);
  const [first] = different as [ShutdownReport];
  show(
    different.length === 1 ? viewsOfOne(first, sources.at(-1)!) : viewsOfAll(different),
    options,
  );
  return 0;
}

/** Drops duplicates: a report may be both in a file and in the log. */
function withoutCopies(reports: readonly ShutdownReport[]): ShutdownReport[] {
  const byKey = new Map(
    reports.map((one) => [`${hostOf(one)} ${one.pid} ${one.startedAt}`, one] as const),
  );
  return [...byKey.values()];
}

function viewsOfOne(one: ShutdownReport, source: string): Views {
  return {
    name: source === '-' ? 'shutdown-report' : source.replace(/\.(jsonl?|ndjson|log|txt)$/i, ''),
    data: one,
    svg: () => svgPicture(one),
    html: () => htmlPicture(one),
    terminal: () => {
      const { columns, isTTY } = process.stdout;
      // Respects NO_COLOR, and terminals without colours.
      const colours = isTTY && process.stdout.hasColors();
      return terminalPicture(one, { columns: columns || undefined, colours });
    },
  };
}

function viewsOfAll(reports: readonly ShutdownReport[]): Views {
  const rollout = rolloutOf(reports);
  return {
    name: 'rollout',
    data: rollout,
    svg: () => svgRollout(rollout),
    html: () => htmlRollout(rollout),
    terminal: () => terminalRollout(rollout),
  };
}

function show(views: Views, { svg, html, json }: ReportOptions): void {
  if (svg !== undefined) writeOutput(svg, `${views.name}.svg`, views.svg());
  if (html !== undefined) writeOutput(html, `${views.name}.html`, views.html());
  if (json) process.stdout.write(`${JSON.stringify(views.data, null, 2)}\n`);
  else if (svg === undefined && html === undefined) process.stdout.write(views.terminal());
}
