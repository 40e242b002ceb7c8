import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where the code of a worker is, all links followed. @internal */
export interface Release {
  readonly folder: string;
  readonly script: string;
}

/**
 * Where the application's code is, by generation. A deploy moves a link (`current`) to another
 * folder: a new generation follows it, while a worker that replaces a dead one has the same code as
 * that one, whatever has been put there since and nobody has tried yet.
 *
 * Node resolves links once, so a process that was started in `current` stays in the old folder for
 * ever, and so would its children. Only the shell's `PWD` still names the link.
 *
 * @internal
 */
export class Releases {
  readonly #folder: string;
  readonly #script: string;
  readonly #known = new Map<number, Release>();

  constructor(script: string, env: NodeJS.ProcessEnv = process.env) {
    this.#folder = logicalFolder(env['PWD']);
    this.#script = resolve(this.#folder, script);
  }

  /** @throws Error of the system where there is none */
  of(generation: number): Release {
    const known = this.#known.get(generation);
    // An old one may have been removed.
    if (known !== undefined && existsSync(known.script)) return known;
    const release = { folder: realpathSync(this.#folder), script: realpathSync(this.#script) };
    this.#known.set(generation, release);
    return release;
  }

  /** Forgets all others. */
  retain(generations: ReadonlySet<number>): void {
    for (const one of this.#known.keys()) if (!generations.has(one)) this.#known.delete(one);
  }
}

function logicalFolder(pwd: string | undefined): string {
  const actual = process.cwd();
  try {
    return pwd !== undefined && realpathSync(pwd) === actual ? pwd : actual;
  } catch {
    return actual;
  }
}
