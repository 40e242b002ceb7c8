import { element, setStyle, setText } from './element.mjs';
import { RequestBar } from './request-bar.mjs';

/** Who closed a connection, in a word that fits beside its bar. */
const CLOSED_BY = {
  announced: 'announced',
  idle: 'swept',
  peer: 'by peer',
  cut: 'cut',
  upgraded: 'upgraded',
};
const NAMES = { websocket: 'websocket', h2: 'HTTP/2' };

/** A connection: how long it was open, and its requests upon it. */
export class ConnectionBar {
  #requests = new Map();
  #line = element('span', { className: 'connection' });
  #name = element('span', { className: 'name' });
  #end = element('span', { className: 'end' });
  root = element('div', { className: 'lane' }, this.#line, this.#end);

  constructor({ protocol }) {
    this.root.dataset.protocol = protocol;
    setText(this.#name, NAMES[protocol] ?? '');
    this.#line.append(this.#name);
  }

  show({ from, to, closedBy, requests }, scale) {
    const x = scale.x(from);
    const width = scale.width(from, to);
    setStyle(this.#line, 'transform', `translateX(${x.toFixed(1)}px)`);
    setStyle(this.#line, 'width', `${width.toFixed(1)}px`);
    this.root.dataset.closedBy = closedBy ?? (to === undefined ? 'open' : 'gone');
    setText(this.#end, to === undefined ? '' : (CLOSED_BY[closedBy] ?? 'process ended'));
    setStyle(this.#end, 'transform', `translateX(${(x + width + 5).toFixed(1)}px)`);
    this.#showRequests(
      requests.filter((request) => scale.isSeen(request)),
      scale,
    );
  }

  #showRequests(seen, scale) {
    for (const request of seen) {
      const bar = this.#requests.get(request.id) ?? this.#add(request);
      bar.show(request, scale);
    }
    const ids = new Set(seen.map(({ id }) => id));
    for (const [id, bar] of this.#requests) {
      if (ids.has(id)) continue;
      bar.root.remove();
      this.#requests.delete(id);
    }
  }

  #add(request) {
    const bar = new RequestBar();
    this.#requests.set(request.id, bar);
    this.root.append(bar.root);
    return bar;
  }
}
