const ESC = '\\u001b';

/** The escape sequences of a terminal: colours, cursor position, window title. */
const TERMINAL_COMMANDS = new RegExp(
  `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]|${ESC}\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)|${ESC}[ -~]`,
  'g',
);

/** Matches nearly all text at a fiftieth of the cost. */
const PLAIN = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;
const LONGEST = 300;
/** How much more of a text is read than kept, because escape sequences take room. */
const READ_MARGIN = 100;

/**
 * Makes foreign text safe to show anywhere: bounded, on one line, without anything that moves a
 * cursor, changes the writing direction, or is illegal in XML. Called wherever such text enters.
 *
 * @param given - mostly text, but plain JavaScript may pass anything
 * @param longest - how many characters are kept; `…` stands for the rest
 * @internal
 */
export function plain(given: unknown, longest = LONGEST): string {
  const text = typeof given === 'string' ? given : textOf(given);
  if (text.length <= longest && PLAIN.test(text)) return text;
  const clean = text
    .slice(0, longest + READ_MARGIN)
    .replace(TERMINAL_COMMANDS, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cs}\p{Co}\p{Cn}]/gu, '\uFFFD')
    .trim();
  const isWhole = clean.length <= longest && text.length <= longest + READ_MARGIN;
  return isWhole ? clean : `${clean.slice(0, longest).replace(/\p{Cs}$/u, '')}…`;
}

/**
 * The message of anything thrown, as plain text: it may contain a path, or what a client has sent.
 *
 * @internal
 */
export function messageOf(error: unknown): string {
  return plain(error instanceof Error ? error.message : error);
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}
