import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { REHEARSAL_VARIABLES, type RehearsedApplication } from '../../shutdown/rehearsal.js';

/** Where the module, if the service has it, says what it knows of the application. @internal */
export class KnownApplication {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-rehearsal-'));
  readonly #file = join(this.#folder, 'application.json');

  /** For the service. */
  get env(): NodeJS.ProcessEnv {
    return { [REHEARSAL_VARIABLES.tell]: this.#file };
  }

  /** @returns undefined where the module is not there */
  read(): RehearsedApplication | undefined {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as RehearsedApplication;
    } catch {
      return undefined;
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const MOST_PATHS = 20;
const READINESS = /\bread(y|iness)\b/i;
/** Asked by who watches the service, and not by its clients. */
const WATCHED = /\b(health|healthz|ready|readyz|readiness|live|livez|liveness|metrics)\b/i;
/** Of @nestjs/swagger and its like, for developers. */
const DOCUMENTATION = /(^|\/)(api-docs|docs?|graphiql|openapi|swagger)([/.-]|$)/i;

/** What clients may ask for. @internal */
export function clientPaths({ paths }: RehearsedApplication): string[] {
  return paths
    .filter((path) => !WATCHED.test(path) && !DOCUMENTATION.test(path))
    .slice(0, MOST_PATHS);
}

/** The readiness check, where there is one by that name. @internal */
export function readinessPath({ paths }: RehearsedApplication): string | undefined {
  return paths.find((path) => READINESS.test(path));
}
