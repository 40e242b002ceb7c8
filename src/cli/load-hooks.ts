import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';

import type { RestartHooks, SignalHooks } from '../restart/restart-hooks.js';
import { hooksNotLoaded, wrongHooks } from './command.errors.js';

const NAMES = ['beforeReload', 'afterReload', 'beforeStop', 'afterStop'] as const;

/**
 * Loads the hooks that a module exports by name or as its default export, which is also what a
 * CommonJS module exports.
 *
 * @throws GracefulShutdownError if the module cannot be loaded or has no hooks
 * @internal
 */
export async function loadHooks(file: string): Promise<RestartHooks> {
  const sources = await load(file);
  const found = NAMES.flatMap((name) => {
    const source = sources.find((exported) => exported[name] !== undefined);
    return source === undefined ? [] : [[name, hookOf(file, source, name)] as const];
  });
  const onSignal = sources.find((exported) => exported['onSignal'] !== undefined)?.['onSignal'];
  if (found.length === 0 && onSignal === undefined) {
    throw wrongHooks(file, `it exports none of ${NAMES.join(', ')}, onSignal`);
  }
  const hooks: RestartHooks = Object.fromEntries(found);
  return onSignal === undefined ? hooks : { ...hooks, onSignal: signalHooks(file, onSignal) };
}

/** Rejects SIGKILL and SIGSTOP, which cannot be caught, and misspelt names. */
function signalHooks(file: string, given: unknown): SignalHooks {
  if (typeof given !== 'object' || given === null)
    throw wrongHooks(file, 'onSignal is not an object');
  for (const [name, hook] of Object.entries(given)) {
    if (!(name in constants.signals) || name === 'SIGKILL' || name === 'SIGSTOP') {
      throw wrongHooks(file, `onSignal.${name} is not a signal that can be caught`);
    }
    if (typeof hook !== 'function') throw wrongHooks(file, `onSignal.${name} is not a function`);
  }
  return given;
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
  if (typeof hook !== 'function') throw wrongHooks(file, `${name} is not a function`);
  return hook.bind(source) as unknown;
}
