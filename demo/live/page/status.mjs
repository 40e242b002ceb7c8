const status = document.querySelector('#status');
const text = document.querySelector('#status-text');
const empty = document.querySelector('#empty');

export function showStatus(model, isConnected) {
  const word = isConnected ? wordOf(model.service) : 'reconnecting';
  status.dataset.status = isConnected ? model.service.status : 'reconnecting';
  if (text.textContent !== word) text.textContent = word;
  empty.hidden = model.workers.some(({ isPast }) => !isPast);
  empty.textContent = model.service.status === 'starting' ? 'Starting' : 'No process runs.';
}

function wordOf({ status: name, exit, url }) {
  if (name === 'running') return `running at ${url.replace('http://', '')}`;
  if (name === 'ended') return exit === undefined ? 'not started' : `ended, exit code ${exit}`;
  return name;
}
