interface Fastify {
  addHook(name: 'onListen', hook: (done: () => void) => void): void;
}

/**
 * On `localhost` Fastify listens on both 127.0.0.1 and ::1, each with a server of its own, and
 * publishes the first only. The others are looked for under the symbol that Fastify keeps them
 * under; where there is none, they are left to Fastify's own `close()`.
 *
 * @param framework - Fastify, or anything else, which has no such servers
 * @internal
 */
export function onSecondaryServers(framework: unknown, found: (server: unknown) => void): void {
  if (!isFastify(framework)) return;
  framework.addHook('onListen', (done) => {
    const key = Object.getOwnPropertySymbols(framework).find(
      ({ description }) => description === 'fastify.serverBindings',
    );
    const servers: unknown = key && Reflect.get(framework, key);
    if (Array.isArray(servers)) for (const server of servers) found(server);
    done();
  });
}

function isFastify(framework: unknown): framework is Fastify {
  return typeof (framework as Partial<Fastify> | undefined)?.addHook === 'function';
}
