import { element, setStyle, setText } from './element.mjs';

const TICK_MS = 5000;

/** The time on the wall, every five seconds. */
export class Axis {
  #ticks = [];
  root = element('div', { className: 'axis', 'aria-hidden': 'true' });
  lines = element('div', { className: 'grid' });

  show(scale) {
    const first = Math.ceil(scale.from / TICK_MS) * TICK_MS;
    const times = [];
    for (let at = first; at <= scale.now; at += TICK_MS) times.push(at);
    while (this.#ticks.length < times.length) this.#add();
    for (const [index, { label, line }] of this.#ticks.entries()) {
      const at = times[index];
      label.hidden = line.hidden = at === undefined;
      if (at === undefined) continue;
      const x = scale.x(at);
      setText(label, new Date(at).toLocaleTimeString('en-GB'));
      setStyle(label, 'transform', `translateX(${x.toFixed(1)}px)`);
      setStyle(line, 'transform', `translateX(${x.toFixed(1)}px)`);
    }
  }

  #add() {
    const tick = { label: element('span'), line: element('span') };
    this.#ticks.push(tick);
    this.root.append(tick.label);
    this.lines.append(tick.line);
  }
}
