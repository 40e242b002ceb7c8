import assert from 'node:assert/strict';

/**
 * What was found to be otherwise than it should. Written down, as the shutdown catches what its
 * participants and observers throw.
 */
export class Findings {
  readonly #found: string[] = [];

  expect(isSo: boolean, what: string): void {
    if (!isSo) this.#found.push(what);
  }

  /** @throws AssertionError */
  throwIfAny(): void {
    assert.deepEqual(this.#found, []);
  }
}
