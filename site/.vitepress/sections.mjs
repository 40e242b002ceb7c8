/** The index of the docs as a sidebar: its bold lines are sections, the links below them pages. */
export function sectionsOf(index) {
  const sections = [];
  for (const line of index.split('\n')) {
    const [, text] = /^\*\*(.+)\*\*$/.exec(line) ?? [];
    if (text !== undefined) sections.push({ text, items: [] });
    const [, name, page] = /^- \[([^\]]+)\]\(([\w-]+)\.md\)/.exec(line) ?? [];
    if (page !== undefined) sections.at(-1).items.push({ text: name, link: `/docs/${page}` });
  }
  return sections;
}
