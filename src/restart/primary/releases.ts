import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';

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
 * ever, and so would its children. What still names the link is the shell's `PWD`, and an absolute
 * path that this process was started with: of the script, or of the command itself. A service
 * manager sets no `PWD`.
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

  /** @throws Error of the system where there is none */
  of(generation: number): Release {
    const known = this.#known.get(generation);
    // An old one may have been removed.
    if (known !== undefined && existsSync(known.script)) return known;
    const script = realpathSync(this.#script);
    const release = { folder: this.#folderFor(script), script };
    this.#known.set(generation, release);
    return release;
  }

  /** Whether the main file is another one, or was written anew, since this was asked for last. */
  hasChanged(): boolean {
    const before = this.#last;
    try {
      const script = realpathSync(this.#script);
      const { ino, mtimeMs, size } = statSync(script);
      this.#last = [script, ino, mtimeMs, size].join(' ');
    } catch {
      // The worker that is started next says what is wrong.
      this.#last = undefined;
    }
    return before !== this.#last;
  }

  /** The main file, as it is looked for at each reload. */
  get script(): string {
    return this.#script;
  }

  /** Forgets all others. */
  retain(generations: ReadonlySet<number>): void {
    for (const one of this.#known.keys()) if (!generations.has(one)) this.#known.delete(one);
  }

  /** Where this process was started; it may have been removed with its release. */
  #folderFor(script: string): string {
    return existsSync(this.#folder) ? realpathSync(this.#folder) : dirname(script);
  }
}

/** @param named - paths in which the folder may stand as it was given, with its links */
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
