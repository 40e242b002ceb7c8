import { pathToFileURL } from 'node:url';

import type { RestartHooks } from '../restart-hooks.js';
import { hooksNotLoaded, wrongHooks } from './command.errors.js';

const NAMES = ['beforeReload', 'afterReload', 'beforeStop', 'afterStop'] as const;

/**
 * The hooks that a module exports, one by one or as its default. What a CommonJS module exports is
 * its default too.
 *
 * @throws GracefulShutdownError where the module cannot be loaded, or holds no hooks
 * @internal
 */
export async function loadHooks(file: string): Promise<RestartHooks> {
  const sources = await load(file);
  const found = NAMES.flatMap((name) => {
    const source = sources.find((exported) => exported[name] !== undefined);
    return source === undefined ? [] : [[name, hookOf(file, source, name)] as const];
  });
  if (found.length === 0) throw wrongHooks(file, `it exports none of ${NAMES.join(', ')}`);
  return Object.fromEntries(found);
}

type Exported = Readonly<Record<string, unknown>>;

async function load(file: string): Promise<Exported[]> {
  try {
    const module = (await import(pathToFileURL(file).href)) as Exported;
    return [module, (module['default'] ?? {}) as Exported];
  } catch (error) {
    throw hooksNotLoaded(file, error);
  }
}

function hookOf(file: string, source: Exported, name: string): unknown {
  const hook = source[name];
  if (typeof hook !== 'function') throw wrongHooks(file, `${name} is no function`);
  return hook.bind(source) as unknown;
}
