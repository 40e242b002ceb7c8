import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { LATE_MS } from '../support/bounds.js';
import { Http2Client } from '../support/http2-client.js';
import { Http2Frames } from '../support/http2-frames.js';
import { Relay } from '../support/relay.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { times } from '../support/runs.js';

const leftovers: (() => void)[] = [];
afterEach(async () => {
  leftovers.splice(0).forEach((end) => end());
  await endAll();
});

const RUNS = times(1, 20);
const POST_EVERY_MS = 5;
const NOTHING_SAID = 2 ** 31 - 1;
/** What is on the wire may take so long to arrive; replies that wait to be sent go first. */
const LINGER_MS = 250;
const ROW = '{"row":"row"}';

/** An application over HTTP/2, so far away. */
async function startFarAway(
  rttMs: number,
): Promise<{ readonly app: RunningApplication; readonly port: number }> {
  const app = await start({ program: 'streams', http2: true });
  const relay = await Relay.to(app.port, rttMs / 2);
  leftovers.push(() => relay.cut());
  return { app, port: relay.port };
}

/** The ids of the posts whose handler ran. */
function processed({ events }: RunningApplication): Set<number> {
  const echoed = events.filter(({ name }) => name === 'echoed');
  return new Set(echoed.map(({ detail }) => (detail as { id: number }).id));
}

describe.each(Array.from({ length: RUNS }, (_, i) => i + 1))('run %i', () => {
  describe.each([0, 40, 200])('with a round trip of %i ms', (rttMs) => {
    it('row 10: no processed POST fails in a race with the GOAWAY, and requests in flight are answered', async () => {
      const { app, port } = await startFarAway(rttMs);
      const client = await Http2Client.open(port);
      leftovers.push(() => client.destroy());
      const slow = client.request('/slow/one?ms=700');
      await app.event('handler');
      const posts = new Map<number, Promise<{ readonly complete: boolean }>>();
      app.signal('SIGTERM');
      for (let id = 0; !client.session.destroyed && client.goaways.length === 0; id++) {
        posts.set(id, client.request('/echo', JSON.stringify({ id })));
        await sleep(POST_EVERY_MS);
      }

      expect(await slow).toMatchObject({ status: 200, body: ROW, complete: true });
      const done = processed(app);
      for (const [id, post] of posts) {
        const { complete } = await post;
        expect({ id, complete }).toEqual({ id, complete: done.has(id) });
      }
      expect(await app.exited).toMatchObject({ code: 0, signal: null });
    });

    it('row 10: on the wire, the final GOAWAY names the true last stream, right after one that refuses nothing', async () => {
      const { app, port } = await startFarAway(rttMs);
      const client = await Http2Frames.open(port);
      leftovers.push(() => client.end());
      const ids = new Map<number, number>();
      const post = () => {
        const id = ids.size;
        ids.set(client.post('/echo', JSON.stringify({ id })), id);
      };
      post();
      await app.event('echoed');
      app.signal('SIGTERM');
      // A client that does not heed the GOAWAY until one round trip later.
      let last = Infinity;
      while (performance.now() < last + rttMs) {
        post();
        await sleep(POST_EVERY_MS);
        last = Math.min(last, client.goaways.at(-1)?.at ?? Infinity);
      }
      await client.closed;
      await app.exited;

      const { lastStreamId } = client.goaways.at(-1)!;
      expect(lastStreamId).toBeLessThan(NOTHING_SAID);
      expect(client.goaways.slice(0, -1).every((one) => one.lastStreamId >= lastStreamId)).toBe(
        true,
      );
      const [first] = client.goaways;
      expect(client.goaways.at(-1)!.at - first!.at).toBeLessThan(LINGER_MS + LATE_MS);
      const done = processed(app);
      for (const [streamId, id] of ids) {
        const isPromised = streamId <= lastStreamId;
        expect({ id, ran: done.has(id) }).toEqual({ id, ran: isPromised });
        expect({ id, answered: client.answered.has(streamId) }).toEqual({
          id,
          answered: isPromised,
        });
      }
    });
  });
});
