/** Right of now there is room for a word. */
const MARGIN_PX = 72;
/** How much time is shown: a second is about as wide everywhere. */
const PX_PER_SECOND = 32;
const SHORTEST_S = 10;
const LONGEST_S = 30;

/** From times to places on an axis that ends with now. */
export class TimeScale {
  /** @param widthPx - of the axis */
  constructor(now, widthPx) {
    const usedPx = Math.max(0, widthPx - MARGIN_PX);
    const seconds = Math.round(usedPx / PX_PER_SECOND);
    const windowMs = 1000 * Math.min(LONGEST_S, Math.max(SHORTEST_S, seconds));
    this.now = now;
    this.from = now - windowMs;
    this.pxPerMs = usedPx / windowMs;
  }

  /** What lies before the window begins at its edge. */
  x(at) {
    return Math.max(0, (at - this.from) * this.pxPerMs);
  }

  width(from, to = this.now) {
    return Math.max(0, this.x(to) - this.x(from));
  }

  isSeen({ to }) {
    return to === undefined || to > this.from;
  }
}
