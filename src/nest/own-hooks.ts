/**
 * The objects of this package whose hooks are no news of the application.
 *
 * @internal
 */
export const ownHooks = new WeakSet<object>();
