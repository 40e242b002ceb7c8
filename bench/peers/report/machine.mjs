import { cpus, loadavg } from 'node:os';

/** What the numbers depend on. */
export function machine() {
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: processors.length,
    /** Processes that want a processor, over the last minute. */
    load: Number(loadavg()[0].toFixed(1)),
    processor: processors[0]?.model ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** Whether others had a good part of it. */
export function isBusy({ load, cores }) {
  return load > cores / 4;
}
