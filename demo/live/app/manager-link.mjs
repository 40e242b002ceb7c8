// Carries what happens in this process to the stage manager: a line of JSON each.
import { connect } from 'node:net';

const path = process.env.LIVE_SOCKET;
const socket = path === undefined ? undefined : connect(path);

// Whoever watches must not hold what is watched: neither its event loop nor its end.
socket?.unref();
socket?.on('error', () => {});

export function tellManager(event) {
  if (!socket?.writable) return;
  socket.write(`${JSON.stringify({ ...event, pid: process.pid, at: Date.now() })}\n`);
}
