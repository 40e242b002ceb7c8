// The time of the stage manager: events carry it, and the axis ends with it.

const TICKS_PER_SECOND = 25;
const CALM_TICKS_PER_SECOND = 2;

export class Clock {
  #offset = 0;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #last = 0;

  set(now) {
    this.#offset = now - Date.now();
  }

  now() {
    return Date.now() + this.#offset;
  }

  /** Only while the page is seen; in steps where motion is not wanted. */
  eachTick(tick) {
    const frame = (at) => {
      const perSecond = this.#calm.matches ? CALM_TICKS_PER_SECOND : TICKS_PER_SECOND;
      if (at - this.#last >= 1000 / perSecond) {
        this.#last = at;
        tick();
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }
}
