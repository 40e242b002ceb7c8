// The buttons send the names of actions. One that makes no sense now says so and keeps the focus.

const TRAFFIC = ({ status }) => status === 'running' || status === 'leaving';
/** When each action makes sense. */
const rules = {
  steady: TRAFFIC,
  slow: TRAFFIC,
  endless: TRAFFIC,
  idle: TRAFFIC,
  stream: TRAFFIC,
  socket: TRAFFIC,
  start: ({ status }) => status === 'ended',
  reload: ({ status }) => status === 'running',
  terminate: ({ status }) => status === 'running',
  force: ({ status }) => status === 'leaving',
};
const buttons = [...document.querySelectorAll('button[data-action]')];

for (const button of buttons) {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') void send(button.dataset.action);
  });
}

export function showButtons({ service, clients }, isConnected) {
  for (const button of buttons) {
    const isOffered = isConnected && rules[button.dataset.action](service);
    button.setAttribute('aria-disabled', String(!isOffered));
    if (button.hasAttribute('aria-pressed')) {
      button.setAttribute('aria-pressed', String(clients?.steady ?? false));
    }
  }
}

async function send(action) {
  // The second signal is the same one again.
  const name = action === 'force' ? 'terminate' : action;
  // Whether the manager is there is shown by the status.
  await fetch(`/actions/${name}`, { method: 'POST' }).catch(() => {});
}
