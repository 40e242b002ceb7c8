// Nest's docs, "Lifecycle events", "Application shutdown": `app.enableShutdownHooks()` in main.ts.
import { versionOf } from './version-of.mjs';

export const name = "Nest's hooks";
export const version = versionOf('@nestjs/core');
export const grace = 'none';

export function wire({ app }) {
  app.enableShutdownHooks();
}
