// Nest's docs, "FAQ", "Keep alive connections": `forceCloseConnections: true`, besides the hooks.
import { versionOf } from './version-of.mjs';

export const name = 'Nest, forceCloseConnections';
export const version = versionOf('@nestjs/core');
export const grace = 'none';
export const nestOptions = { forceCloseConnections: true };

export { wire } from './nest-hooks.mjs';
