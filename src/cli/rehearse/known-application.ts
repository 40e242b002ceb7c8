import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { REHEARSAL_VARIABLES, type RehearsedApplication } from '../../shutdown/rehearsal.js';

/** The file in which the module, if present, describes its application. @internal */
export class KnownApplication {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-rehearsal-'));
  readonly #file = join(this.#folder, 'application.json');

  /** The environment of the service. */
  get env(): NodeJS.ProcessEnv {
    return { [REHEARSAL_VARIABLES.tell]: this.#file };
  }

  /** @returns undefined without the module */
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
/** Routes for monitoring, not for clients. */
const WATCHED = /\b(health|healthz|ready|readyz|readiness|live|livez|liveness|metrics)\b/i;
/** Routes for developers, of @nestjs/swagger and the like. */
const DOCUMENTATION = /(^|\/)(api-docs|docs?|graphiql|openapi|swagger)([/.-]|$)/i;

/** The paths that clients request. @internal */
export function clientPaths({ paths }: RehearsedApplication): string[] {
  return paths
    .filter((path) => !WATCHED.test(path) && !DOCUMENTATION.test(path))
    .slice(0, MOST_PATHS);
}

/** The path that is named like a readiness check, if any. @internal */
export function readinessPath({ paths }: RehearsedApplication): string | undefined {
  return paths.find((path) => READINESS.test(path));
}
