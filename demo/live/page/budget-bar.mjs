import { element, setStyle, setText } from './element.mjs';
import { seconds, setSeconds } from './seconds.mjs';

/** The three parts of the promised time, and the states that use them up. */
const PARTS = [
  { key: 'gracePeriodMs', name: 'grace', states: ['grace'] },
  { key: 'drainTimeoutMs', name: 'drain', states: ['draining', 'forcing'] },
  { key: 'closeTimeoutMs', name: 'close', states: ['closing'] },
];

/** How much of the budget is used, and how much is left. */
export class BudgetBar {
  #left = element('p', { className: 'left' });
  #parts = PARTS.map((part) => partOf(part));
  #bar = element(
    'div',
    { className: 'parts', role: 'meter', 'aria-label': 'Budget left', 'aria-valuemin': '0' },
    ...this.#parts.map(({ root }) => root),
  );
  root = element('div', { className: 'budget' }, this.#bar, this.#left);

  show({ states, budget, remainingMs }, now) {
    const total = PARTS.reduce((sum, { key }) => sum + budget[key], 0);
    const { state, at } = states.at(-1);
    const hasBegun = remainingMs !== undefined;
    const left = hasBegun ? Math.max(0, remainingMs - Math.max(0, now - at)) : total;
    const rest = state === 'closed' ? 0 : left;
    setText(this.#left, textOf(state, hasBegun, rest));
    this.root.dataset.left = String(Math.round(rest));
    this.#bar.setAttribute('aria-valuemax', String(Math.round(total / 1000)));
    this.#bar.setAttribute('aria-valuenow', String(Math.round(rest / 1000)));
    this.#bar.setAttribute('aria-valuetext', `${Math.round(rest / 1000)} s`);
    for (const part of this.#parts) showPart(part, budget[part.key], states, now);
  }
}

function partOf({ key, name, states }) {
  const used = element('span', { className: 'used' });
  const label = element('span', { className: 'label' });
  const track = element('span', { className: 'track' }, used);
  const root = element('div', { className: 'part', 'data-part': name }, track, label);
  return { key, name, states, used, label, root };
}

function showPart({ name, states: own, used, label, root }, ms, states, now) {
  root.hidden = ms === 0;
  setStyle(root, 'flexGrow', String(ms));
  setText(label, `${name} ${setSeconds(ms)}`);
  const first = states.findIndex(({ state }) => own.includes(state));
  const after = states.find(({ state }, index) => index > first && !own.includes(state));
  const spent = first === -1 ? 0 : (after?.at ?? now) - states[first].at;
  const share = ms === 0 ? 0 : Math.min(1, spent / ms);
  setStyle(used, 'width', `${(share * 100).toFixed(2)}%`);
  // What is left of a part that is over is not needed any more.
  root.dataset.over = String(first !== -1 && after !== undefined);
}

function textOf(state, hasBegun, left) {
  if (state === 'closed') return hasBegun ? 'gone' : 'ended';
  return hasBegun ? `${seconds(left)} left` : `${setSeconds(left)} promised`;
}
