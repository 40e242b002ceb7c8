// The option's doc comment in Nest: requests that come while the application closes are answered
// 503. Besides the hooks.
import { versionOf } from './version-of.mjs';

export const name = 'Nest, return503OnClosing';
export const version = versionOf('@nestjs/core');
export const grace = 'none';
export const nestOptions = { return503OnClosing: true };

export { wire } from './nest-hooks.mjs';
