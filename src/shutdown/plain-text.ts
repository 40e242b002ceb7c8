const ESC = '\\u001b';

/** What a terminal takes as a command: colours, the place of the cursor, the title of the window. */
const TERMINAL_COMMANDS = new RegExp(
  `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]|${ESC}\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)|${ESC}[ -~]`,
  'g',
);

/** What nearly all text is; told at a fiftieth of the cost. */
const PLAIN = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;
const LONGEST = 300;
/** How much longer than what is kept a text is read: commands of a terminal take room. */
const READ_MARGIN = 100;

/**
 * Text that somebody else has written, as it may be shown anywhere: bounded, on one line, without
 * anything that moves a cursor, turns the direction of writing, or is allowed in no XML. The one
 * function for all such text, called where it enters.
 *
 * @param given - typed as text mostly; what plain JavaScript hands over may be anything
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
 * The message of whatever was thrown, as plain text: it may hold a path, or what a client has sent.
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
