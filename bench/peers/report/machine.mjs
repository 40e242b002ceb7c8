import { cpus, loadavg } from 'node:os';

/** What the numbers depend on. */
export function machine() {
  const processors = cpus();
  return {
    cores: processors.length,
    /** Processes that want a processor, over the last minute: more than there are is too many. */
    load: Number(loadavg()[0].toFixed(1)),
    processor: processors[0]?.model ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}
