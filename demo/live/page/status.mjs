const status = document.querySelector('#status');
const text = document.querySelector('#status-text');
const empty = document.querySelector('#empty');
const hint = document.querySelector('#hint');

export function showStatus(model, isConnected) {
  const word = isConnected ? wordOf(model.service) : 'reconnecting';
  status.dataset.status = isConnected ? model.service.status : 'reconnecting';
  if (text.textContent !== word) text.textContent = word;
  const shown = model.workers.filter(({ isPast }) => !isPast);
  status.dataset.state = shown.at(-1)?.states.at(-1)?.state ?? 'closed';
  empty.hidden = shown.length > 0;
  empty.textContent = model.service.status === 'starting' ? 'Starting' : 'No process runs.';
  hint.hidden = (model.clients?.sent ?? 0) > 0;
}

function wordOf({ status: name, exit, url }) {
  if (name === 'running') return `running at ${url.replace('http://', '')}`;
  if (name === 'ended') return exit === undefined ? 'not started' : `ended, exit code ${exit}`;
  return name;
}
