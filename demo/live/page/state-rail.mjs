import { element, setText } from './element.mjs';
import { seconds } from './seconds.mjs';

const STATES = ['running', 'grace', 'draining', 'forcing', 'closing', 'closed'];

/** The state machine: where it stands, how long it has been there, and what is behind it. */
export class StateRail {
  #steps = STATES.map((state) => step(state));
  root = element(
    'ol',
    { className: 'rail', 'aria-label': 'States' },
    ...this.#steps.map(({ item }) => item),
  );

  show({ states }, now) {
    const current = STATES.indexOf(states.at(-1).state);
    for (const [place, { state, item, time }] of this.#steps.entries()) {
      const index = states.findIndex((one) => one.state === state);
      const entered = states[index];
      item.dataset.step = stepOf(place, current, entered);
      if (place === current) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
      setText(time, timeOf(entered, states[index + 1], now));
    }
  }
}

function step(state) {
  const time = element('span', { className: 'time' });
  const name = state === 'forcing' ? `(${state})` : state;
  const label = element('span', { className: 'name', text: name });
  return { state, time, item: element('li', { 'data-state': state }, label, time) };
}

function stepOf(place, current, entered) {
  if (place === current) return 'current';
  if (place > current) return 'ahead';
  return entered === undefined ? 'skipped' : 'behind';
}

function timeOf(entered, next, now) {
  if (entered === undefined) return '';
  if (entered.state === 'closed') return 'over';
  return seconds((next?.at ?? now) - entered.at);
}
