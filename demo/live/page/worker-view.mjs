import { BudgetBar } from './budget-bar.mjs';
import { element, setText } from './element.mjs';
import { StateRail } from './state-rail.mjs';
import { Timeline } from './timeline.mjs';

/** One process: its state, its budget, its connections. */
export class WorkerView {
  #summary = element('p', { className: 'summary' });
  #rail = new StateRail();
  #budget;
  #timeline;
  root;

  constructor({ pid, number, budget }) {
    const title = `worker-${number}`;
    this.#budget = new BudgetBar(budget);
    this.#timeline = new Timeline(`Connections and requests of process ${pid}`);
    const name = element('h2', { id: title, text: `Process ${pid}` });
    this.root = element(
      'section',
      { className: 'panel worker', 'aria-labelledby': title, 'data-pid': String(pid) },
      element('header', {}, name, this.#summary),
      this.#rail.root,
      this.#budget.root,
      this.#timeline.root,
    );
  }

  show(worker, now) {
    this.root.dataset.state = worker.states.at(-1).state;
    setText(this.#summary, summaryOf(worker));
    this.#rail.show(worker, now);
    this.#budget.show(worker, now);
    this.#timeline.show(worker, now);
  }

  remove() {
    this.root.remove();
  }
}

function summaryOf({ connections, states }) {
  const { state } = states.at(-1);
  if (state === 'starting') return 'starting';
  if (state === 'closed') return 'gone';
  const open = connections.filter(({ to }) => to === undefined);
  const busy = open.flatMap(({ requests }) => requests).filter(({ to }) => to === undefined);
  return `${count(open.length, 'connection')}, ${count(busy.length, 'request')} in flight`;
}

function count(n, what) {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
