/** `3.2 s`; never `-0.0 s`. */
export function seconds(ms) {
  return `${Math.max(0, ms / 1000).toFixed(1)} s`;
}

/** `5 s`, `1.5 s`: of what is set, not measured. */
export function setSeconds(ms) {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
