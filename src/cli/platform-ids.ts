import { PLATFORMS } from '../platforms/platforms.js';

/** The names that `--as` takes. @internal */
export function platformIds(): string[] {
  return PLATFORMS.map(({ id }) => id);
}
