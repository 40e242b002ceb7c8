const TAG = /<(\/?)([a-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi;
/** Those of HTML that have no end. */
const VOID = new Set(['meta']);

/** What is wrong with a markup as XML knows it, but for the elements of HTML that have no end. */
export function markupProblems(markup: string): string[] {
  const open: string[] = [];
  const problems: string[] = [];
  const rest = markup.replace(/^<!doctype html>/, '').replace(TAG, (_, end, name, __, alone) => {
    if (end === '/') {
      const last = open.pop();
      if (last !== name) problems.push(`</${name}> ends <${last}>`);
    } else if (alone === '' && !VOID.has(name)) open.push(name);
    return ' ';
  });
  const strays = rest.match(/<|&(?!(?:amp|lt|gt|quot|#39);)|[^\P{C}\n]/gu) ?? [];
  return [...problems, ...open.map((name) => `<${name}> has no end`), ...strays];
}

/** The texts of a markup, without its tags and its style. */
export function textOf(markup: string): string {
  return markup.replace(/<style>.*?<\/style>/gs, ' ').replace(/<[^>]*>/g, ' ');
}
