import type { WorkTracker } from './work-tracker.js';

/**
 * The trackers of the applications that run in this process. A decorated method does not know which
 * application its object belongs to (it may be request-scoped, or made by hand), so it holds them
 * all; nearly always there is one.
 *
 * @internal
 */
export const liveTrackers = new Set<WorkTracker>();
