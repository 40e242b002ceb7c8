const cells = [...document.querySelectorAll('[data-count]')];

export function showCounts({ clients }) {
  for (const cell of cells) {
    const count = clients?.[cell.dataset.count] ?? 0;
    cell.textContent = String(count);
    cell.parentElement.classList.toggle('some', count > 0);
  }
}
