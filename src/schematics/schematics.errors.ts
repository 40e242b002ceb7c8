import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';

const BY_HAND = "add GracefulShutdownModule from 'nestjs-drain' to its imports by hand";

/** @internal */
export function noCompiler(): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SCHEMATIC_NO_TYPESCRIPT',
    'typescript is not installed in this project, or its version has no compiler API: ' +
      'npm i -D typescript@6, and run the command again',
  );
}

/** @internal */
export function noRootModule(sourceRoot: string, reason: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SCHEMATIC_NO_ROOT_MODULE',
    `no root module found in ${sourceRoot}: ${reason}. Name its file: ` +
      `nest add nestjs-drain --module ${sourceRoot}/app.module.ts`,
  );
}

/** @internal */
export function cannotEdit(file: string, reason: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SCHEMATIC_CANNOT_EDIT',
    `${file} was not changed, because ${reason}: ${BY_HAND}`,
  );
}
