import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';

/** The location of a worker's code, with all links resolved. @internal */
export interface Release {
  readonly folder: string;
  readonly script: string;
}

/**
 * The location of the code for each generation. A deploy moves a link (`current`) to another
 * folder. A new generation follows the link; a worker that replaces a dead one runs the same code
 * as before, not an untested newer release.
 *
 * Node resolves links once, so a process that was started in `current`, and its children, would
 * stay in the old folder forever. The link is only named by the shell's `PWD`, and by an absolute
 * path in the command line: of the script, or of the command itself. A service manager sets no
 * `PWD`.
 *
 * @internal
 */
export class Releases {
  readonly #folder: string;
  readonly #script: string;
  readonly #known = new Map<number, Release>();
  #last: string | undefined;

  constructor(
    script: string,
    env: NodeJS.ProcessEnv = process.env,
    command: string | undefined = process.argv[1],
  ) {
    this.#folder = logicalFolder([env['PWD'], script, command]);
    this.#script = resolve(this.#folder, script);
  }

  /** @throws the error of the system if there is none */
  of(generation: number): Release {
    const known = this.#known.get(generation);
    // An old one may have been removed.
    if (known !== undefined && existsSync(known.script)) return known;
    const script = realpathSync(this.#script);
    const release = { folder: this.#folderFor(script), script };
    this.#known.set(generation, release);
    return release;
  }

  /** Whether the main file has been replaced or rewritten since the last call. */
  hasChanged(): boolean {
    const before = this.#last;
    try {
      const script = realpathSync(this.#script);
      const { ino, mtimeMs, size } = statSync(script);
      this.#last = [script, ino, mtimeMs, size].join(' ');
    } catch {
      // The next worker to start will report the problem.
      this.#last = undefined;
    }
    return before !== this.#last;
  }

  /** The path of the main file, which each reload resolves again. */
  get script(): string {
    return this.#script;
  }

  /** Forgets all other generations. */
  retain(generations: ReadonlySet<number>): void {
    for (const one of this.#known.keys()) if (!generations.has(one)) this.#known.delete(one);
  }

  /** The working directory, which may have been removed with its release. */
  #folderFor(script: string): string {
    return existsSync(this.#folder) ? realpathSync(this.#folder) : dirname(script);
  }
}

/** @param named - paths that may name the folder with its links */
function logicalFolder(named: readonly (string | undefined)[]): string {
  const actual = process.cwd();
  for (const path of named) {
    if (path === undefined || !isAbsolute(path)) continue;
    for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
      if (folder !== actual && leadsTo(folder, actual)) return folder;
    }
  }
  return actual;
}

function leadsTo(folder: string, actual: string): boolean {
  try {
    return realpathSync(folder) === actual;
  } catch {
    return false;
  }
}
