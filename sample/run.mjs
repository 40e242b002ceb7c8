// `npm run sample 01-express`: builds what has changed, then is the sample. The sample runs in this
// very process, so Ctrl-C, `kill` and the exit code are its own and nothing has to be passed on.
import { buildSamples, samples } from './build.mjs';

const [name = ''] = process.argv.slice(2);
if (samples().includes(name)) {
  buildSamples();
  await import(`./.out/${name}/main.js`);
} else {
  console.error(`Which sample? npm run sample <name>, where <name> is one of:`);
  for (const known of samples()) console.error(`  ${known}`);
  process.exitCode = 1;
}
