import { replaceMethod } from './replace-method.js';

/**
 * The methods that one object has replaced on others, to be restored together.
 *
 * @internal
 */
export class ReplacedMethods {
  readonly #restores: (() => void)[] = [];

  /** Does nothing if there is no such method. */
  replace(...replacement: Parameters<typeof replaceMethod>): void {
    const restore = replaceMethod(...replacement);
    if (restore !== undefined) this.#restores.push(restore);
  }

  restore(): void {
    for (const restore of this.#restores.splice(0)) restore();
  }
}
