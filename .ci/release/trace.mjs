// `node .ci/release/trace.mjs FOLDER < trace.txt`: prints a stack trace of a released version with the
// files and lines of `src`. FOLDER is the package of that version, as npm installs it.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Usage: trace.mjs FOLDER < trace.txt');

const trace = readFileSync(process.stdin.fd, 'utf8');
process.stdout.write(trace.replaceAll(/[^\s(]*\bdist\/([\w./-]+\.js):(\d+):(\d+)/g, origin));

function origin(place, file, line, column) {
  const map = mapOf(file);
  if (map === undefined) return place;
  const { fileName, lineNumber, columnNumber } = map.findOrigin(Number(line), Number(column));
  if (fileName === undefined) return place;
  return `${fileName.slice(fileName.indexOf('src/'))}:${lineNumber}:${columnNumber}`;
}

/** Files of other packages are in a `dist` as well, and have no map here. */
function mapOf(file) {
  try {
    return new SourceMap(JSON.parse(readFileSync(join(folder, 'dist', `${file}.map`), 'utf8')));
  } catch {
    return undefined;
  }
}
