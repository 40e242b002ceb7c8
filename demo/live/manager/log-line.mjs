// A line of the application as the page shows it.

/** What Nest says while it starts is the same each time, and much. The report has a place of its own. */
const NOISE =
  /\[(NestFactory|InstanceLoader|RoutesResolver|RouterExplorer|WebSocketsController|NestApplication)\]|Shutdown report: /;
const NEST = /^\[Nest\] (\d+) +- .*? (LOG|WARN|ERROR|DEBUG|VERBOSE|FATAL) (.*)$/;
const PRIMARY = /^\[nestjs-drain\] \d+ +- \S+ +([A-Z]+) (.*)$/;
const LONGEST = 400;

/** @returns undefined for a line that is not worth its place */
export function logLine(line) {
  if (line.trim() === '' || NOISE.test(line)) return undefined;
  const nest = NEST.exec(line);
  if (nest !== null) return entry(nest[1], nest[2], nest[3]);
  const primary = PRIMARY.exec(line);
  if (primary !== null) return entry('primary', primary[1], primary[2]);
  return entry('', 'LOG', line);
}

function entry(source, level, text) {
  // Nest says how long after the last line this one came.
  return { source, level, text: text.replace(/ \+\d+ms$/, '').slice(0, LONGEST) };
}
