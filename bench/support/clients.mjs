import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'client-process.mjs');

/**
 * Opens connections from a process of its own.
 *
 * @param kind - of them: see the program
 */
export async function openClients(kind, port, count) {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = fork(program, [kind, String(port), String(count)], { stdio });
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => {
    throw new Error(`the clients are gone: ${code}`);
  });
  failed.catch(() => {});
  const message = async () => (await Promise.race([once(child, 'message'), failed]))[0];
  await message();
  const ended = message();
  ended.catch(() => {});
  return {
    /**
     * When all have ended: how many each way, and when the last of them had all that it wanted.
     */
    ended,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
