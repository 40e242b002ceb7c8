// `npm run bench [throughput|metrics|memory|leaving|kinds|restart]`: what the module and the command
// cost, and how fast the module leaves.
import { measureLeaving } from './leaving.mjs';
import { measureMemory } from './memory.mjs';
import { measureRestart } from './restart.mjs';
import { measureThroughput } from './throughput.mjs';

const measurements = {
  throughput: () => measureThroughput(),
  // The same with OpenTelemetry.
  metrics: () => measureThroughput('metrics'),
  memory: measureMemory,
  leaving: measureLeaving,
  // Loads the tests and all that they need.
  kinds: async () => (await import('./kinds.mjs')).measureKinds(),
  restart: measureRestart,
};
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(measurements);

for (const name of names) {
  console.log(`\n${name}`);
  await measurements[name]();
}
