import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { endAll, type RunningApplication, start } from './running-application.js';
import { findProgram, type ServerProcess, startRedis } from './server-process.js';

/** Debian's package redis-server. */
export const isRedisMissing = findProgram('redis-server') === undefined;

interface JobQueue<Job> {
  add(name: string, data: object, options: { readonly attempts: number }): Promise<Job>;
}

/** A Redis for the tests of one file, and queues in it that each test has for itself. */
export class JobQueues {
  #redis: ServerProcess | undefined;
  #tests = 0;
  readonly #closes: (() => Promise<unknown>)[] = [];

  /** @param program - the fixture that has the consumers */
  constructor(private readonly program: string) {
    beforeAll(async () => {
      if (!isRedisMissing) this.#redis = await startRedis();
    });
    afterAll(() => this.#redis?.stop());
    beforeEach(() => void (this.#tests += 1));
    afterEach(async () => {
      await endAll();
      await Promise.all(this.#closes.splice(0).map((close) => close()));
    });
  }

  get prefix(): string {
    return `test-${this.#tests}`;
  }

  get redis(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#redis!.port };
  }

  /** Has something closed after the test. */
  closeLater(close: () => Promise<unknown>): void {
    this.#closes.push(close);
  }

  startApp(
    options: GracefulShutdownOptions = {},
    env: NodeJS.ProcessEnv = {},
  ): Promise<RunningApplication> {
    const withRedis = { REDIS_PORT: String(this.redis.port), QUEUE_PREFIX: this.prefix, ...env };
    return start({ program: this.program, options }, withRedis);
  }
}

/** The jobs in flight at the signal. */
export async function startJobs<Job>(
  app: RunningApplication,
  jobs: JobQueue<Job>,
  names: readonly string[],
  ms = 700,
): Promise<Job[]> {
  const added: Job[] = [];
  for (const name of names) added.push(await jobs.add(name, { ms }, { attempts: 2 }));
  await app.event('job-begins', names.length);
  return added;
}

/** The names of the jobs that an application began, in alphabetical order. */
export function begun({ events }: RunningApplication): string[] {
  const begins = events.filter(({ name }) => name === 'job-begins');
  return begins.map(({ detail }) => String(detail)).toSorted();
}
