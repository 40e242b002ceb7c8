import { element, setStyle } from './element.mjs';

/** The states behind the bars, so that one sees what ended when. */
export class StateBands {
  #bands = new Map();
  root = element('div', { className: 'bands' });

  show(states, scale) {
    for (const [index, { state, at }] of states.entries()) {
      const band = this.#bands.get(index) ?? this.#add(index, state);
      setStyle(band, 'transform', `translateX(${scale.x(at).toFixed(1)}px)`);
      setStyle(band, 'width', `${scale.width(at, states[index + 1]?.at).toFixed(1)}px`);
    }
  }

  #add(index, state) {
    const band = element('span', { 'data-state': state });
    this.#bands.set(index, band);
    this.root.append(band);
    return band;
  }
}
