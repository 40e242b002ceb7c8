/**
 * Starts and stops this process from outside, and gets reports of its state.
 *
 * @internal
 */
export interface Supervisor {
  /** All applications of the process have started. `budgetMs`: the longest that leaving may take. */
  started?(budgetMs: number): void;
  /** The process begins to leave, within that time. */
  leaving?(budgetMs: number): void;
  /** The last application is closed. */
  closed?(): void;
}
