// `npm run compat -- FOLDER [--json] [--rounds N] [--timeout S] [-- COMMAND]`: runs the tests, or another
// command, of somebody else's Nest application, with the module in its root module and without, and
// compares. Changes no file there, and downloads nothing.
// Exits with 1 if something fails, hangs or slows only with the module, and with 2 if the module was put
// into nothing, so that the comparison says nothing.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { compare } from './compare.mjs';
import { makePackage } from './package.mjs';
import { printText } from './print.mjs';
import { runCommand } from './run-command.mjs';

const OK = 0;
const DIFFERS = 1;
const SAYS_NOTHING = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    timeout: { type: 'string', default: '600' },
  },
});
const [target, ...words] = positionals;
if (target === undefined) {
  throw new Error(
    'Usage: npm run compat -- FOLDER [--json] [--rounds N] [--timeout S] [-- COMMAND]',
  );
}
const folder = resolve(target);
const command = words.length > 0 ? words : ['npm', 'test'];
const installed = makePackage(folder);
const settings = { folder, command, timeoutMs: Number(values.timeout) * 1000, installed };

try {
  const runs = { without: [], with: [] };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    runs.without.push(await runCommand(settings, false));
    runs.with.push(await runCommand(settings, true));
  }
  const result = { folder, command: command.join(' '), ...compare(runs) };
  if (values.json) console.log(JSON.stringify(result, undefined, 2));
  else printText(result);
  process.exitCode = exitCodeOf(result);
} finally {
  installed.remove();
}

function exitCodeOf({ rootModules, differences }) {
  if (rootModules === 0) return SAYS_NOTHING;
  return differences.length > 0 ? DIFFERS : OK;
}
