// `npm run api` writes docs/api.txt, the public types; what has changed in them must stand, by its name,
// in the changelog's section of the next version. `--check` writes nothing, and fails if they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { changedNames, makeReport } from './report.mjs';

const file = 'docs/api.txt';
const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
const now = makeReport();
const changed = before === undefined ? [] : [...new Set(changedNames(before, now))];
const [, next = ''] = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m);
const untold = changed.filter((name) => !new RegExp(`\\b${name}\\b`).test(next));

if (before === now) {
  console.log(`${file} has the public types.`);
} else if (untold.length > 0) {
  fail(`These changed in the public types, and the changelog does not name them: ${untold.join(', ')}`);
} else if (process.argv.includes('--check')) {
  fail(`The public types differ from ${file} (${changed.join(', ')}): npm run api`);
} else {
  writeFileSync(file, now);
  console.log(`${file} is written: ${changed.join(', ')}`);
}

function fail(text) {
  console.error(text);
  process.exitCode = 1;
}
