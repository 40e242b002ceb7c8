/** Makes an element; children are elements or texts. */
export function element(name, { className, text, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Writes nothing that stands there already: what is written anew is laid out anew. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function setStyle(target, name, value) {
  if (target.style[name] !== value) target.style[name] = value;
}
