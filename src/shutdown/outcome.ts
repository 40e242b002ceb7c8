/**
 * How a task, a hook, a flush or a reload ended.
 *
 * - `completed`: it did all it should.
 * - `aborted`: its peer or the application gave it up.
 * - `cut`: its time was up, and it was ended or no longer waited for.
 * - `failed`: it threw or rejected.
 *
 * @publicApi
 */
export type Outcome = 'completed' | 'aborted' | 'cut' | 'failed';
