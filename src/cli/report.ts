import { htmlPicture } from './picture/html-picture.js';
import { parseReport } from './picture/parse-report.js';
import { svgPicture } from './picture/svg-picture.js';
import { terminalPicture } from './picture/terminal-picture.js';
import { readText } from './read-text.js';
import type { ReportInvocation } from './report-arguments.js';
import { writeOutput } from './write-output.js';

/** `nestjs-drain report`. @returns the exit status @internal */
export async function report({ source, options }: ReportInvocation): Promise<number> {
  const { svg, html } = options;
  const name = source === '-' ? 'standard input' : source;
  const { report: found, count } = parseReport(await readText(source), name);
  if (count > 1)
    console.error(`nestjs-drain: ${name} holds ${count} reports; showing the last one`);
  if (svg !== undefined) writeOutput(svg, besides(source, 'svg'), svgPicture(found));
  if (html !== undefined) writeOutput(html, besides(source, 'html'), htmlPicture(found));
  if (svg === undefined && html === undefined) {
    const { columns, isTTY } = process.stdout;
    // It knows of NO_COLOR, and of terminals that have none.
    const colours = isTTY && process.stdout.hasColors();
    process.stdout.write(terminalPicture(found, { columns: columns || undefined, colours }));
  }
  return 0;
}

function besides(source: string, extension: string): string {
  const name = source === '-' ? 'shutdown-report' : source;
  return `${name.replace(/\.(jsonl?|ndjson|log|txt)$/i, '')}.${extension}`;
}
