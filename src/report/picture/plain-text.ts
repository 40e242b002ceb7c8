const ESC = '\\u001b';

/** What a terminal takes as a command: colours, the place of the cursor, the title of the window. */
const TERMINAL_COMMANDS = new RegExp(
  `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]|${ESC}\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)|${ESC}[ -~]`,
  'g',
);

/** More than any picture has room for, and no work even where a file is made to be a burden. */
const LONGEST = 1000;

/**
 * A text of a report as it may be shown anywhere: on one line, without anything that moves a
 * cursor, turns the direction of writing, or is allowed in no XML.
 *
 * @internal
 */
export function plain(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(TERMINAL_COMMANDS, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cs}\p{Co}\p{Cn}]/gu, '\uFFFD')
    .trim();
}
