/** Of a row that has not been measured by this process. */
const USUAL_ROW_MS = 90_000;

/**
 * The row with the fewest rounds, in the order of the page. A row is measured whole or not at all: its
 * cells are compared.
 *
 * @returns undefined where all have their rounds, or where the time left is too short for the next
 */
export function nextRow(rows, rounds, timeLeftMs) {
  const due = rows.filter(({ count }) => count() < rounds);
  const fewest = Math.min(...due.map(({ count }) => count()));
  const next = due.find(({ count }) => count() === fewest);
  if (next === undefined || (next.tookMs ?? USUAL_ROW_MS) > timeLeftMs) return undefined;
  return next;
}
