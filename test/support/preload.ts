import { pathToFileURL } from 'node:url';

import { fixture } from './compiled.js';

/** The environment of a program before which a fixture is loaded. */
export function preloaded(name: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${pathToFileURL(fixture(name)).href}`, ...env };
}
