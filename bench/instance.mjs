import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';

import { now } from './support/clock.mjs';

const program = join(import.meta.dirname, 'app.mjs');

/**
 * Starts the application in a process of its own.
 *
 * @param features - what it has beside its routes: `hooks`, `websockets`
 */
export async function startInstance(adapter, mode, execArgv = [], features = []) {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = fork(program, [adapter, mode, ...features], { stdio, execArgv });
  let leave;
  child.on('message', (message) => (leave = message.leave ?? leave));
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal, leave, at: now() }));
  const [{ port }] = await once(child, 'message');

  async function ask(question) {
    child.send(question);
    const [answer] = await once(child, 'message');
    return answer[question];
  }

  return {
    port,
    /** How and when it has ended; its peak of memory and its processor time since `markLeave()`. */
    exited,
    url: `http://127.0.0.1:${port}`,
    signal(name) {
      child.kill(name);
      return now();
    },
    tell(what) {
      child.send(what);
      return now();
    },
    /** Microseconds of processor time used so far. */
    async cpu() {
      const { user, system } = await ask('cpu');
      return user + system;
    },
    /** Bytes of memory in use after a collection; needs `--expose-gc`. */
    memory: () => ask('memory'),
    /** From here on counts as its leave. @returns the bytes resident now, after a collection */
    markLeave: () => ask('mark'),
    /** How many requests are held. */
    held: () => ask('held'),
    /** By trying: to its owner, a server that the module has closed still listens. */
    isListening: () => accepts(port),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function accepts(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
