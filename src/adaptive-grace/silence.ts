/**
 * How long a peer that made `count` connections in `windowMs` must be silent before it counts as
 * gone, with a chance of error below `eps`.
 *
 * With a known rate L, silence of a peer that still sends lasts for Q by chance exp(-L Q). L is
 * only counted, so this is the exact test in its place: the chance that all `count` arrivals fall
 * into the window, and none into the silence behind it, is (W / (W + Q)) ^ count. It asks for more
 * the less was counted; for nothing that was counted, for ever. Each arrival after the begin starts
 * another silence, and each of them may deceive: the n-th may do so by eps / (n (n + 1)) only,
 * which adds up to eps however many there are.
 *
 * @param arrivals - how many connections the peer has made since the shutdown began
 * @internal
 */
export function silenceNeededMs(
  count: number,
  windowMs: number,
  arrivals: number,
  eps: number,
): number {
  const nth = arrivals + 1;
  return windowMs * Math.expm1(Math.log((nth * (nth + 1)) / eps) / count);
}
