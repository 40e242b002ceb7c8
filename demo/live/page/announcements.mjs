// What a screen reader says of its own accord: the states, no more.

const region = document.querySelector('#announcements');

export function announce({ type, state, pid }) {
  if (type === 'state') region.textContent = `Process ${pid}: ${state}`;
  if (type === 'listening') region.textContent = `Process ${pid}: running`;
}
