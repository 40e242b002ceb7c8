// Server-sent events: everything that happens, to every page that is open.

const RETRY_MS = 500;
const HEARTBEAT_MS = 5000;
/** A page that does not read is cut; it comes back and begins with a snapshot. */
const LONGEST_BACKLOG_BYTES = 1_000_000;

export class EventStream {
  #responses = new Set();
  #heartbeat = setInterval(() => this.#write(':\n\n'), HEARTBEAT_MS).unref();

  /** @param snapshot - what a page has missed */
  add(response, snapshot) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(`retry: ${RETRY_MS}\n\n${message(snapshot)}`);
    this.#responses.add(response);
    response.on('close', () => this.#responses.delete(response));
  }

  send(event) {
    if (this.#responses.size > 0) this.#write(message(event));
  }

  close() {
    clearInterval(this.#heartbeat);
    for (const response of this.#responses) response.end();
  }

  #write(text) {
    for (const response of this.#responses) {
      if (response.writableLength > LONGEST_BACKLOG_BYTES) response.destroy();
      else response.write(text);
    }
  }
}

function message(event) {
  return `data: ${JSON.stringify(event)}\n\n`;
}
