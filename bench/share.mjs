// Of the time in which the process works under load, how much is spent in the module and in what it
// calls, by the sampling profiler of V8. What it cannot see: that Node calls two listeners in place of
// one, and that more is to be collected.
import autocannon from 'autocannon';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { startInstance } from './instance.mjs';
import { sized } from './support/sizes.mjs';
import { range } from './support/statistics.mjs';

const ROUNDS = sized(3, 1);
const SECONDS = sized(6, 1);
const EVERY_US = 200;
const ours = pathToFileURL(join(import.meta.dirname, '..', 'dist')).href;

export async function measureShare() {
  const rows = [];
  for (const adapter of ['express', 'fastify']) {
    for (const connections of [1, 100]) {
      const shares = [];
      for (let i = 0; i < ROUNDS; i++) shares.push(await shareOf(adapter, connections));
      rows.push({ adapter, connections, share: range(shares), rounds: ROUNDS });
    }
  }
  return rows;
}

async function shareOf(adapter, connections) {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-drain-profile-'));
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${EVERY_US}`];
  const instance = await startInstance(adapter, 'metrics', flags);
  await autocannon({ url: `${instance.url}/hello`, connections, duration: SECONDS });
  instance.signal('SIGTERM');
  await instance.exited;
  const [file] = await readdir(folder);
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await rm(folder, { recursive: true });
  return shareIn(profile);
}

/** The start and the shutdown are in it, too: a few hundred ms of several seconds. */
function shareIn({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const isOurs = new Map();
  function within(id) {
    if (id === undefined) return false;
    if (!isOurs.has(id)) {
      const { url } = byId.get(id).callFrame;
      isOurs.set(id, url.startsWith(ours) || within(parents.get(id)));
    }
    return isOurs.get(id);
  }
  let [busy, spent] = [0, 0];
  for (const [i, id] of samples.entries()) {
    if (byId.get(id).callFrame.functionName === '(idle)') continue;
    busy += timeDeltas[i];
    if (within(id)) spent += timeDeltas[i];
  }
  return spent / busy;
}
