/** Tells the bench, if there is one; nothing listens here, so the channel holds no process. */
export function tell(event) {
  if (process.connected) process.send(event);
}
