/** @internal */
export type Attributes = Readonly<Record<string, string | number>>;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for SVG and HTML, as content and in attributes. @internal */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
}

/** @param content - markup, not text @internal */
export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) =>
      ` ${key}="${typeof value === 'number' ? rounded(value) : escapeMarkup(value)}"`,
  );
  const start = `<${name}${pairs.join('')}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`;
}

/** @internal */
export function textAt(
  x: number,
  y: number,
  className: string,
  content: string,
  more: Attributes = {},
): string {
  return element('text', { x, y, class: className, ...more }, escapeMarkup(content));
}

/** Rounds to a precision that the eye cannot tell from the exact value. @internal */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
