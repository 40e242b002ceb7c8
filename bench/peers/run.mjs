import { monitorEventLoopDelay } from 'node:perf_hooks';

import { Service } from './service.mjs';

const NANOSECONDS = 1e6;

/** One solution in one scenario. */
export async function runCell(solution, scenario, adapter) {
  const settings = { adapter, ...scenario.settings };
  const services = await startAll(solution, settings, scenario.instances ?? 1);
  const delay = monitorEventLoopDelay();
  delay.enable();
  try {
    const { requests, left = services, note } = await scenario.run(...services);
    const exits = await Promise.all(left.map(({ exited }) => exited));
    const slowest = exits.reduce((a, b) => (b.ms > a.ms ? b : a));
    // How late the clients were themselves: what else the machine does.
    const lateMs = Math.round(delay.max / NANOSECONDS);
    return { ...tally(requests), ...slowest, lateMs, ...(note === undefined ? {} : { note }) };
  } finally {
    delay.disable();
    await Promise.all(services.map((service) => service.stop()));
  }
}

async function startAll({ file }, settings, count) {
  const started = await Promise.allSettled(
    Array.from({ length: count }, () => Service.start(file, settings)),
  );
  const failed = started.find(({ status }) => status === 'rejected');
  const services = started.filter(({ value }) => value !== undefined).map(({ value }) => value);
  if (failed === undefined) return services;
  await Promise.all(services.map((service) => service.stop()));
  throw failed.reason;
}

/** How many requests ended in which way; all but `ok` are lost. */
function tally(requests) {
  const count = (end) => requests.filter((request) => request.end === end).length;
  const ends = {
    ok: count('ok'),
    wrong: count('wrong'),
    reset: count('reset'),
    refused: count('refused'),
  };
  return { sent: requests.length, lost: requests.length - ends.ok, ...ends };
}
