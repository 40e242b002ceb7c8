/** Listed by Node for standard input and output, which hold no loop that nobody reads. */
const STANDARD_STREAMS: ReadonlySet<string> = new Set(['PipeWrap', 'TTYWrap']);

/**
 * What keeps the event loop alive, of all that is open.
 *
 * @param resources - as `process.getActiveResourcesInfo()` lists them
 * @internal
 */
export function heldBy(resources: readonly string[]): readonly string[] {
  const others = resources.filter((name) => !STANDARD_STREAMS.has(name));
  return others.length > 0 ? others : resources;
}
