/**
 * How a task, a hook, a flush or a reload ended.
 *
 * - `completed`: it finished.
 * - `aborted`: its peer or the application gave up.
 * - `cut`: its time was up; it was ended, or is no longer waited for.
 * - `failed`: it threw or rejected.
 *
 * @publicApi
 */
export type Outcome = 'completed' | 'aborted' | 'cut' | 'failed';
