import { describe, expect, it } from 'vitest';

import { BEFORE_DEADLINE_MS } from '../support/bounds.js';
import { request } from '../support/http-client.js';
import { start } from '../support/running-application.js';
import {
  behindBrokers,
  isInstalled,
  link,
  relayed,
  type TransportRow,
  useBrokers,
} from './transports.js';

useBrokers();

const rows: readonly TransportRow[] = [{ transport: 'tcp' }, ...behindBrokers];

describe.each(rows)('a client for $transport', ({ transport, broker }) => {
  it.skipIf(!isInstalled(broker))(
    'sends its message even if only the last handler uses it, without awaiting it',
    async () => {
      const to = await link(transport);
      const program = 'microservice';
      const receiver = await start({ program, kind: 'microservice', servers: [to.server] });
      const app = await start({ program, kind: 'hybrid', clients: [to.client] });
      const response = request(app.port, '/forward?ms=300');
      await app.event('handler');
      const sentAt = app.signal('SIGTERM');
      expect(await response).toMatchObject({ status: 200 });
      const exit = await app.exited;
      await receiver.event('handled');
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
      expect(app.log).not.toContain('ERROR');
    },
  );

  it.skipIf(!isInstalled(broker) || broker === undefined)(
    'reports a lost message if it does not reach its broker',
    async () => {
      const { relay, server: client } = await relayed(await link(transport), broker!);
      const app = await start({ program: 'microservice', kind: 'hybrid', clients: [client] });
      const response = request(app.port, '/forward?ms=300');
      await app.event('handler');
      relay.cut();
      const sentAt = app.signal('SIGTERM');
      expect(await response).toMatchObject({ status: 200 });
      const exit = await app.exited;
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
      expect(app.order).toContain('onApplicationShutdown');
      expect(app.log).toMatch(/ERROR.*Client(Redis|Nats|Mqtt|RMQ)/);
    },
  );
});
