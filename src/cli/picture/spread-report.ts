/** The beginning of a report, as JSON or printed by `util.inspect()`. */
const BEGIN = /\{\s*["']?version["']?\s*:\s*[12]\s*,/g;
const ESC = '\\u001b';
const COLOURS = new RegExp(`${ESC}\\[[0-9;]*m`, 'g');
/** The line prefixes of Compose and `kubectl logs`. */
const PREFIXES = /^(?:\[pod\/\S+\] |[\w.-]+ +\| ?)?(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?/gm;
/** Far more than a report has. */
const LONGEST = 256 * 1024;
const MOST_BEGINNINGS = 200;
const DEEPEST = 20;

/**
 * Finds reports that a logger printed over several lines, as indented JSON or with
 * `util.inspect()`. One shortened to `[Object]` does not count.
 *
 * @internal
 */
export function spreadReports(content: string): unknown[] {
  const text = content.replace(COLOURS, '');
  const found = reportsIn(text);
  return found.length > 0 ? found : reportsIn(text.replace(PREFIXES, ''));
}

function reportsIn(text: string): unknown[] {
  const found: unknown[] = [];
  let end = 0;
  for (const { index } of [...text.matchAll(BEGIN)].slice(-MOST_BEGINNINGS)) {
    if (index < end) continue;
    const printed = new PrintedValue(text, index, Math.min(text.length, index + LONGEST));
    const value = printed.read();
    if (value === undefined) continue;
    found.push(value);
    end = printed.end;
  }
  return found;
}

const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  undefined: null,
};

/** Reads a value printed as JSON or by `util.inspect()`. */
class PrintedValue {
  constructor(
    private readonly text: string,
    private at: number,
    private readonly limit: number,
  ) {}

  get end(): number {
    return this.at;
  }

  /** @returns undefined if it is neither */
  read(): unknown {
    try {
      return this.#value(0);
    } catch {
      return undefined;
    }
  }

  #value(depth: number): unknown {
    if (depth > DEEPEST) throw new SyntaxError('too deep');
    const next = this.#peek();
    if (next === '{') return Object.fromEntries(this.#items('}', () => this.#entry(depth)));
    if (next === '[') return this.#items(']', () => this.#value(depth + 1));
    if (isQuote(next)) return this.#string();
    const word = this.#match(/-?[\w.+]+(?:-\d+)?/y);
    return Object.hasOwn(WORDS, word) ? WORDS[word] : (JSON.parse(word) as unknown);
  }

  #entry(depth: number): [string, unknown] {
    const key = isQuote(this.#peek()) ? this.#string() : this.#match(/[\w$]+/y);
    this.#take(':');
    return [key, this.#value(depth + 1)];
  }

  #items<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    this.at += 1;
    while (this.#peek() !== close) {
      items.push(item());
      if (this.#peek() !== close) this.#take(',');
    }
    this.at += 1;
    return items;
  }

  /** `inspect()` uses any quotes, and splits text at line ends: `'a\n' + 'b'`. */
  #string(): string {
    const quote = this.#peek();
    let text = '';
    for (this.at += 1; this.text[this.at] !== quote; this.at += 1) {
      if (this.at >= this.limit) throw new SyntaxError('no end');
      text += this.text[this.at] === '\\' ? this.#escape() : this.text[this.at]!;
    }
    this.at += 1;
    if (this.#peek() !== '+') return text;
    this.at += 1;
    if (!isQuote(this.#peek())) throw new SyntaxError('no text');
    return text + this.#string();
  }

  #escape(): string {
    this.at += 1;
    const letter = this.text[this.at]!;
    const digits = letter === 'u' ? 4 : letter === 'x' ? 2 : 0;
    if (digits === 0) return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[letter] ?? letter;
    const code = Number.parseInt(this.text.slice(this.at + 1, this.at + 1 + digits), 16);
    this.at += digits;
    return String.fromCharCode(code);
  }

  #peek(): string {
    while (' \n\r\t'.includes(this.text[this.at] ?? '-') && this.at < this.limit) this.at += 1;
    if (this.at >= this.limit) throw new SyntaxError('no end');
    return this.text[this.at]!;
  }

  #take(letter: string): void {
    if (this.#peek() !== letter) throw new SyntaxError(`no ${letter}`);
    this.at += 1;
  }

  #match(pattern: RegExp): string {
    this.#peek();
    pattern.lastIndex = this.at;
    const [word] = pattern.exec(this.text) ?? [];
    if (word === undefined) throw new SyntaxError('no word');
    this.at += word.length;
    return word;
  }
}

function isQuote(letter: string): boolean {
  return letter === '"' || letter === "'" || letter === '`';
}
