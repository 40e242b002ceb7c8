import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { SampleProcess } from './sample-process.js';

export const buildTimeoutMs = 120_000;

const started: SampleProcess[] = [];

export async function buildSamples(): Promise<void> {
  const build = join(import.meta.dirname, '..', '..', 'sample', 'build.mjs');
  await promisify(execFile)(process.execPath, [build]);
}

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
