/**
 * Somebody outside who starts and stops this process, and what is told to it.
 *
 * @internal
 */
export interface Supervisor {
  /** All applications of the process have started. `budgetMs`: the longest that leaving may take. */
  started?(budgetMs: number): void;
  /** The process is about to end, within that time. */
  leaving?(budgetMs: number): void;
  /** The last application is closed. */
  closed?(): void;
}
