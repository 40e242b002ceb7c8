/** `--quick`: to see that all of it works. Its numbers mean nothing, and are kept apart. */
export const isQuick = process.argv.includes('--quick');

/** How often, how many or how long. */
export function sized(usually, inQuickRun) {
  return isQuick ? inQuickRun : usually;
}
