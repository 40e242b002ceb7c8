export function seconds(ms) {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}

/** How the process ended: an exit code, a signal, or by the bench. */
export function exit({ exits }, killAfterMs) {
  return exits
    .map((how) => (how === 'killed' ? `killed after ${killAfterMs / 1000} s` : how))
    .join(', ');
}

/** Of requests; a scenario may have none. */
export function lostOf({ lost, sent }) {
  return sent === 0 ? '-' : `${lost} of ${sent}`;
}

/** The worst only where it is another. */
export function withWorst({ median, worst }, format = String) {
  const [usual, most] = [format(median), format(worst)];
  return usual === most ? usual : `${usual} (${most})`;
}
