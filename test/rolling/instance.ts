import { expect } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import type { RestartLoad } from '../support/restart-load.js';
import { RunningApplication } from '../support/running-application.js';
import { freePort } from '../support/server-process.js';

/**
 * The proxy has to be the one that ends connections nobody uses, so this is longer than it keeps any.
 * With Node's own 5 s, Node ends one under a request now and then.
 */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const DRAIN_TIMEOUT_MS = 8000;
const CLOSE_TIMEOUT_MS = 1000;
/** Several start at once, and each later one beside the load. */
const PATIENCE_MS = 60_000;

/** How an application left. */
export interface Leave {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From SIGTERM until the process was gone. */
  readonly ms: number;
  readonly log: string;
}

/** An application of several behind a balancer; the next one takes its port. */
export class Instance {
  private constructor(
    readonly port: number,
    private readonly config: FixtureConfig,
    private application: RunningApplication,
  ) {}

  static async start(config: FixtureConfig): Promise<Instance> {
    const port = await freePort();
    const instance = { ...config, program: 'instance', port };
    return new Instance(port, instance, await listening(instance));
  }

  /** Sends SIGTERM. */
  async leave(): Promise<Leave> {
    const { application } = this;
    const at = application.signal('SIGTERM');
    const exit = await application.exited;
    return { code: exit.code, signal: exit.signal, ms: exit.at - at, log: application.log };
  }

  async comeBack(): Promise<void> {
    this.application = await listening(this.config);
  }

  /** Resolves when it has answered a request of the load. */
  async takesPartIn(load: RestartLoad): Promise<void> {
    const { application } = this;
    const answered = () => load.hits.findLast(({ pid }) => pid === application.pid) !== undefined;
    await application.until('answered request', answered, PATIENCE_MS);
  }
}

/** Starts the application; resolves when it listens. */
async function listening(config: FixtureConfig): Promise<RunningApplication> {
  const application = new RunningApplication(config);
  const listens = () => application.order.includes('listening');
  await application.until('event listening', listens, PATIENCE_MS);
  return application;
}

export function startInstances(
  count: number,
  { adapter, gracePeriodMs }: { adapter: 'express' | 'fastify'; gracePeriodMs: number },
): Promise<Instance[]> {
  const options = {
    gracePeriodMs,
    drainTimeoutMs: DRAIN_TIMEOUT_MS,
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
  };
  const config = { adapter, options, keepAliveTimeoutMs: KEEP_ALIVE_TIMEOUT_MS };
  return Promise.all(Array.from({ length: count }, () => Instance.start(config)));
}

/** With nothing cut, after the grace period and inside the budget. */
export function expectClean({ code, signal, ms, log }: Leave, gracePeriodMs: number): void {
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(ms).toBeGreaterThanOrEqual(gracePeriodMs);
  expect(ms).toBeLessThan(gracePeriodMs + DRAIN_TIMEOUT_MS + CLOSE_TIMEOUT_MS);
  expect(log).toContain('Closed in');
  expect(log).not.toMatch(/WARN|ERROR/);
}
