// `npm run demo`: rehearses a deploy of one application, with the module and with Nest's own hooks.
// Exits with 0 if the module lost no request and the process ended with 0.
// `npm run demo -- --svg FILE` keeps the picture of that shutdown, too.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import { buildSamples } from '../sample/build.mjs';

const root = join(import.meta.dirname, '..');
const reportFile = join(import.meta.dirname, '.out', 'report.json');
const rehearsal = [
  'rehearse',
  'demo/instance.mjs',
  '--path=/orders/1?ms=30',
  '--path=/orders/1?ms=400',
  '--post=/orders=demo/order.json',
  '--ready=/ready',
  '--load=2s',
  '--against=plain',
];

buildSamples();
mkdirSync(join(import.meta.dirname, '.out'), { recursive: true });
console.log(`npx nestjs-drain ${rehearsal.join(' ')}\n`);
const status = drain(...rehearsal);
if (status > 1) process.exit(status);

console.log(`
Nest stops listening at the signal, while the balancer still sends, and closes the pool of connections
under the requests in flight. nestjs-drain turns readiness red, answers what still comes, and has Nest
close the pool last, as its report shows (npx nestjs-drain report ${relative(root, reportFile)}):
`);
drain('report', reportFile);
const picture = process.argv.slice(2);
if (picture.length > 0) drain('report', reportFile, ...picture);
process.exitCode = status;

/** Runs the command of this package. @returns its exit status */
function drain(...args) {
  const command = join(root, 'dist', 'cli', 'command.js');
  const env = { ...process.env, PORT: '0', REPORT_FILE: reportFile };
  const options = { cwd: root, env, stdio: 'inherit' };
  return spawnSync(process.execPath, [command, ...args], options).status ?? 1;
}
