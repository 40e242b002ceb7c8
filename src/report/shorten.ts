const LONGEST = 300;

/** Text from outside, of a length that a report can hold. @internal */
export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
