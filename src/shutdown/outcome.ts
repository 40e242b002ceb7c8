/**
 * How a piece of work ended: a request, a message, a job, a hook, a flush, a reload.
 *
 * - `completed`: it did all it should.
 * - `aborted`: its peer or the application gave it up.
 * - `cut`: its time was up, and it was ended or no longer waited for.
 * - `failed`: it threw or rejected.
 *
 * @publicApi
 */
export type Outcome = 'completed' | 'aborted' | 'cut' | 'failed';
