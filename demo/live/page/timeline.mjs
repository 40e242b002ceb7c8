import { Axis } from './axis.mjs';
import { ConnectionBar } from './connection-bar.mjs';
import { element, setStyle, setText } from './element.mjs';
import { Lanes } from './lanes.mjs';
import { StateBands } from './state-bands.mjs';
import { TimeScale } from './time-scale.mjs';

const LANE_PX = 24;
const FEWEST_LANES = 3;
const MOST_LANES = 20;

/** Connections and their requests as bars on an axis that moves. */
export class Timeline {
  #lanes = new Lanes();
  #bars = new Map();
  #bands = new StateBands();
  #axis = new Axis();
  #area;
  #more = element('p', { className: 'more' });
  root;

  constructor(label) {
    this.#area = element('div', { className: 'area', role: 'img', 'aria-label': label });
    this.#area.append(this.#bands.root, this.#axis.lines);
    this.root = element('div', { className: 'timeline' }, this.#axis.root, this.#area, this.#more);
  }

  show({ connections, states }, now) {
    const scale = new TimeScale(now, this.#area.clientWidth);
    const seen = connections.filter((connection) => scale.isSeen(connection));
    const lanes = this.#lanes.assign(seen);
    const shown = seen.filter(({ id }) => lanes.get(id) < MOST_LANES);
    for (const connection of shown) {
      const bar = this.#bars.get(connection.id) ?? this.#add(connection);
      setStyle(bar.root, 'top', `${lanes.get(connection.id) * LANE_PX}px`);
      bar.show(connection, scale);
    }
    this.#removeOthers(new Set(shown.map(({ id }) => id)));
    const count = Math.min(MOST_LANES, Math.max(FEWEST_LANES, this.#lanes.count));
    setStyle(this.#area, 'height', `${count * LANE_PX}px`);
    setText(this.#more, seen.length > shown.length ? `and ${seen.length - shown.length} more` : '');
    this.#bands.show(states, scale);
    this.#axis.show(scale);
  }

  #add(connection) {
    const bar = new ConnectionBar(connection);
    this.#bars.set(connection.id, bar);
    this.#area.append(bar.root);
    return bar;
  }

  #removeOthers(ids) {
    for (const [id, bar] of this.#bars) {
      if (ids.has(id)) continue;
      bar.root.remove();
      this.#bars.delete(id);
    }
  }
}
