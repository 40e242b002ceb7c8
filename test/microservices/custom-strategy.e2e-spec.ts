import { afterEach, expect, it } from 'vitest';

import { endAll, start } from '../support/running-application.js';

afterEach(endAll);

it.each(['microservice', 'hybrid'] as const)(
  'a custom strategy that awaits its handlers gets what they return, and is drained: %s',
  async (kind) => {
    const app = await start({ program: 'custom-strategy', kind });
    app.send({ pattern: 'placed', data: 500 });
    app.send({ pattern: 'price', data: 500 });
    await app.event('handler', 2);
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    const acknowledged = app.events.filter(({ name }) => name === 'acknowledged');
    expect(acknowledged.map(({ detail }) => detail)).toEqual(['row', 'row']);
    expect(app.order.lastIndexOf('acknowledged')).toBeLessThan(
      app.order.indexOf('onModuleDestroy'),
    );
    expect(app.log).toMatch(/2 in flight|2 tasks in flight/);
    expect(app.log).not.toMatch(/WARN|ERROR/);
  },
);
