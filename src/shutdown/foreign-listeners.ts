import { packageOf } from './known-listeners.js';
import { plain } from './plain-text.js';

/** How many characters of its source stand for a listener without a name. */
const SOURCE_SHOWN = 60;

/**
 * Listeners of other code on our signals, some of which end the process during the shutdown. Each
 * is named once, and so is a package that listens to several signals.
 *
 * @internal
 */
export class ForeignListeners {
  readonly #named = new WeakSet<object>();
  readonly #packages = new Set<string>();

  /** @returns its name; undefined if it has been named before */
  nameOnce(listener: object): string | undefined {
    if (this.#named.has(listener)) return undefined;
    this.#named.add(listener);
    const name = packageOf(listener);
    if (name === undefined) return nameOf(listener);
    if (this.#packages.has(name)) return undefined;
    this.#packages.add(name);
    return name;
  }
}

function nameOf(listener: object): string {
  const { name } = listener as { name?: string };
  if (name) return plain(name);
  return plain(Function.prototype.toString.call(listener).replaceAll(/\s+/g, ' '), SOURCE_SHOWN);
}
