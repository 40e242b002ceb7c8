import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'app.mjs');

/** Starts the application in a process of its own. */
export async function startInstance(adapter, mode, execArgv = []) {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = fork(program, [adapter, mode], { stdio, execArgv });
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code,
    signal,
    at: performance.now(),
  }));
  const [{ port }] = await once(child, 'message');
  return {
    port,
    exited,
    url: `http://127.0.0.1:${port}`,
    signal(name) {
      child.kill(name);
      return performance.now();
    },
    /** Microseconds of processor time used so far. */
    async cpu() {
      child.send('cpu');
      const [{ cpu }] = await once(child, 'message');
      return cpu.user + cpu.system;
    },
    /** Bytes of memory in use after a collection; needs `--expose-gc`. */
    async memory() {
      child.send('memory');
      const [{ memory }] = await once(child, 'message');
      return memory;
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export function median(numbers) {
  return quantile(numbers, 0.5);
}

export function quantile(numbers, q) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}
