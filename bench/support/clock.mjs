/** Milliseconds on a clock that never goes back, and that all processes of the machine share. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
