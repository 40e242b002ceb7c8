import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterEach, describe, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { endAll, start } from '../support/running-application.js';
import { findProgram } from '../support/server-process.js';

afterEach(endAll);

/** So many requests at once that a signal always finds some between two turns of the loop. */
const LOAD = ['-c8', '-m32', '-n50000'];

// Part of Debian's package nghttp2-client.
const h2load = findProgram('h2load');

/** What h2load counted. It neither connects again nor sends again what was refused. */
function counts(stdout: string): Record<string, number> {
  const lines = stdout.match(/^(requests|status codes): .*$/gm)?.join(', ') ?? '';
  const pairs = [...lines.matchAll(/(\d+) (\w+)/g)].map(([, n, what]) => [what!, Number(n)]);
  return Object.fromEntries(pairs) as Record<string, number>;
}

describe.skipIf(h2load === undefined)(
  `under the load of h2load${h2load === undefined ? ' (not installed)' : ''}`,
  () => {
    it.each([
      ['h2c', { tls: false, gracePeriodMs: 0 }],
      ['h2 with TLS', { tls: true, gracePeriodMs: 300 }],
    ])(
      '%s: each request that reaches a handler is answered, and each other one can safely be repeated',
      async (_, { tls, gracePeriodMs }) => {
        const options = { gracePeriodMs };
        const app = await start({ program: 'streams', http2: true, https: tls, options });
        const url = `${tls ? 'https' : 'http'}://127.0.0.1:${app.port}/slow/load?ms=20`;
        const load = promisify(execFile)(h2load!, [...LOAD, url]);
        await app.event('handler', 300);
        const sentAt = app.signal('SIGTERM');
        const exit = await app.exited;
        const { total, succeeded, failed, timeout, ...status } = counts((await load).stdout);

        const handled = app.order.filter((name) => name === 'handler').length;
        expect(succeeded).toBe(handled);
        expect(status).toMatchObject({ '2xx': handled, '3xx': 0, '4xx': 0, '5xx': 0 });
        // What h2load had no connection for any more, and what crossed a GOAWAY.
        expect({ failed, timeout }).toEqual({ failed: total! - handled, timeout: 0 });
        expect(exit).toMatchObject({ code: 0, signal: null });
        expect(exit.at - sentAt).toBeLessThan(gracePeriodMs + SOON_MS);
        expect(app.log).not.toMatch(/ERROR|WARN|Cut/);
      },
    );
  },
);
