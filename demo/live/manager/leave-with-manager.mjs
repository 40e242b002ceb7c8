// Loaded by the command `nestjs-drain` (`--hooks`): if the stage manager ends without a word (it was
// killed), the service does not stay behind.
const SIGNAL_DISTANCE_MS = 60;

process.stdin.unref?.();
process.stdin.on('error', () => {});
process.stdin.on('end', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGTERM'), SIGNAL_DISTANCE_MS);
});
process.stdin.resume();

/** A module of hooks has at least one. */
export function afterStop() {}
