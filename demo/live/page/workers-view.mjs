import { WorkerView } from './worker-view.mjs';

/** A process that has ended makes room for the one that has taken over. */
const SHOWN_AFTER_END_MS = 10_000;

/** A card for each process. */
export class WorkersView {
  #container;
  #views = new Map();

  constructor(container) {
    this.#container = container;
  }

  show({ workers }, now) {
    const shown = workers.filter(
      ({ endedAt = now, isPast }) => !isPast && now - endedAt < SHOWN_AFTER_END_MS,
    );
    for (const worker of shown) {
      const view = this.#views.get(worker.number) ?? this.#add(worker);
      view.show(worker, now);
    }
    const numbers = new Set(shown.map(({ number }) => number));
    for (const [number, view] of this.#views) {
      if (numbers.has(number)) continue;
      view.remove();
      this.#views.delete(number);
    }
  }

  #add(worker) {
    const view = new WorkerView(worker);
    this.#views.set(worker.number, view);
    this.#container.append(view.root);
    return view;
  }
}
