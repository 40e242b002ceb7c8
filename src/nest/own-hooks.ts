/**
 * The objects of this package, whose hooks are not reported.
 *
 * @internal
 */
export const ownHooks = new WeakSet<object>();
