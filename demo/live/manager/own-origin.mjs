// One of the buttons ends a process, so the page answers to itself only. A name that an attacker's
// DNS has pointed to 127.0.0.1 shows in `Host`, a page of somebody else in `Origin`.

/** @param port - that this server listens on */
export function isForUs(request, port) {
  return hosts(port).includes(request.headers.host ?? '');
}

export function isFromUs(request, port) {
  return hosts(port).some((host) => request.headers.origin === `http://${host}`);
}

function hosts(port) {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}
