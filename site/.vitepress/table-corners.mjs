/** The corner of a table that heads nothing is a cell: a header without text is read as nothing. */
export function tableCorners(markdown) {
  markdown.core.ruler.push('table-corners', ({ tokens }) => {
    for (const [i, open] of tokens.entries()) {
      if (open.type !== 'th_open' || tokens[i + 1].content !== '') continue;
      open.tag = 'td';
      tokens[i + 2].tag = 'td';
    }
  });
}
