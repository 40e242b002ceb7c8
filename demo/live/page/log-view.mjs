import { element } from './element.mjs';

const AT_THE_END_PX = 24;

export class LogView {
  #list;
  #shown = [];

  constructor(list) {
    this.#list = list;
  }

  show({ log }) {
    const list = this.#list;
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < AT_THE_END_PX;
    const known = new Set(this.#shown);
    const kept = new Set(log);
    const firstIsKnown = log.length === 0 || known.has(log[0]);
    // A snapshot has brought other lines, or these are the first.
    if (!firstIsKnown) list.replaceChildren();
    else for (const old of this.#shown) if (!kept.has(old)) list.firstElementChild?.remove();
    list.append(...log.filter((entry) => !firstIsKnown || !known.has(entry)).map(line));
    this.#shown = [...log];
    // Whoever has scrolled up wants to read.
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }
}

function line({ at, source, level, text }) {
  return element(
    'li',
    { 'data-level': level },
    element('time', { text: new Date(at).toLocaleTimeString('en-GB') }),
    ' ',
    element('span', { className: 'source', text: source }),
    ' ',
    element('span', { text }),
  );
}
