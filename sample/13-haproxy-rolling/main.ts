// Three instances behind HAProxy, under load; each is replaced in turn. Says what the clients saw,
// and exits with 0 if that was nothing.
import { setTimeout as sleep } from 'node:timers/promises';

import { HAProxy } from './haproxy.js';
import { type Counts, Load } from './load.js';
import { freePort, Instance } from './processes.js';

const NAMES = ['one', 'two', 'three'];
const COLUMNS = ['DOWN after', 'gone after', 'exit', 'requests', 'non-2xx', 'resets'];
const WARM_UP_MS = 500;

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const instances: Instance[] = [];
for (const name of NAMES) instances.push(new Instance(name, await freePort()));
const haproxy = await HAProxy.start(instances);
await Promise.all(instances.map((instance) => instance.start()));
for (const instance of instances) await haproxy.until('UP', instance);
console.log(`HAProxy on http://127.0.0.1:${haproxy.port}, three instances UP; rolling restart:\n`);

const load = new Load(haproxy.port);
await sleep(WARM_UP_MS);
const seen: Counts[] = [];
const exits: (number | NodeJS.Signals)[] = [];
print('', COLUMNS);
for (const instance of instances) {
  const begin = Date.now();
  const [down, [gone, exit]] = await Promise.all([
    haproxy.until('DOWN', instance).then(() => Date.now() - begin),
    instance.stop().then((end) => [Date.now() - begin, end] as const),
  ]);
  await instance.start();
  await haproxy.until('UP', instance);
  exits.push(exit);
  seen.push(load.take());
  print(instance.name, [`${down} ms`, `${gone} ms`, exit, ...Object.values(seen.at(-1)!)]);
}
await load.end();
seen.push(load.take());
print('in all', ['', '', '', sum('requests'), sum('non-2xx'), sum('resets')]);

const isClean = sum('non-2xx') + sum('resets') === 0 && exits.every((exit) => exit === 0);
process.exit(isClean ? 0 : 1);

function sum(column: keyof Counts): number {
  return seen.reduce((total, counts) => total + counts[column], 0);
}

function print(name: string, cells: readonly (string | number)[]): void {
  console.log(name.padEnd(8) + cells.map((cell) => String(cell).padStart(12)).join(''));
}
