import { element, setStyle, setText } from './element.mjs';
import { seconds } from './seconds.mjs';

const NARROWEST_PX = 3;
/** What is narrower has no text, or one without a name. */
const NARROWEST_TEXT_PX = 50;
const NARROWEST_NAME_PX = 110;
/** Before the text, so that the end of a request does not hang on a colour. */
const MARKS = { 'in-flight': '', completed: '✓ ', aborted: '× given up ', cut: '× cut ', gone: '' };

/** A request on its connection. */
export class RequestBar {
  #text = element('span', { className: 'text' });
  root = element('span', {}, this.#text);

  show({ from, to, label, outcome }, scale) {
    const kind = outcome ?? (to === undefined ? 'in-flight' : 'gone');
    const width = Math.max(NARROWEST_PX, scale.width(from, to));
    const className = `bar ${kind}`;
    if (this.root.className !== className) this.root.className = className;
    setStyle(this.root, 'transform', `translateX(${scale.x(from).toFixed(1)}px)`);
    setStyle(this.root, 'width', `${width.toFixed(1)}px`);
    const time = `${MARKS[kind]}${seconds((to ?? scale.now) - from)}`;
    const name = width < NARROWEST_NAME_PX ? '' : ` ${label}`;
    setText(this.#text, width < NARROWEST_TEXT_PX ? '' : `${time}${name}`);
    if (to !== undefined && this.root.title === '') this.root.title = `${label}, ${time}, ${kind}`;
  }
}
