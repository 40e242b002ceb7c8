import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Where the application's code is, found anew for each worker. A deploy moves a link (`current`) to
 * another folder; Node resolves links once, so a process that was started in `current` stays in
 * the old folder for ever, and so would its children. Only the shell's `PWD` still names the link.
 *
 * @internal
 */
export class Release {
  readonly folder: string;
  readonly script: string;

  constructor(script: string, env: NodeJS.ProcessEnv = process.env) {
    this.folder = logicalFolder(env['PWD']);
    this.script = resolve(this.folder, script);
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
