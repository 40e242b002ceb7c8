// The stage manager may end and come back: the browser connects again by itself, and the first event
// of each connection is a snapshot.

const AGAIN_MS = 1000;

export function listen({ event, connection }) {
  const source = new EventSource('/events');
  source.addEventListener('open', () => connection(true));
  source.addEventListener('error', () => {
    connection(false);
    // On an answer that is no stream the browser gives up for good.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen({ event, connection }), AGAIN_MS);
  });
  source.addEventListener('message', ({ data }) => event(JSON.parse(data)));
}
