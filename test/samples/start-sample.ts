import { join } from 'node:path';

import { SampleProcess } from './sample-process.js';

const started: SampleProcess[] = [];

/** What `npm run sample <name>` runs. */
export function startSample(name: string, env?: NodeJS.ProcessEnv): SampleProcess {
  return startScript([join('.out', name, 'main.js')], env);
}

/** @param script - below the folder of the samples, with its arguments */
export function startScript(
  ...[script, env]: ConstructorParameters<typeof SampleProcess>
): SampleProcess {
  const sample = new SampleProcess(script, env);
  started.push(sample);
  return sample;
}

/** Ends what a failed test has left; for `afterEach`. */
export async function endSamples(): Promise<void> {
  await Promise.all(started.splice(0).map((sample) => sample.kill()));
}
