// `npm run bench [throughput|leaving|kinds]`: what the module costs, and how fast it leaves.
import { measureLeaving } from './leaving.mjs';
import { measureThroughput } from './throughput.mjs';

const measurements = {
  throughput: measureThroughput,
  leaving: measureLeaving,
  // Loads the tests and all that they need.
  kinds: async () => (await import('./kinds.mjs')).measureKinds(),
};
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(measurements);

for (const name of names) {
  console.log(`\n${name}`);
  await measurements[name]();
}
