// One instance: `node main.mjs SOLUTION '{"adapter":"express"}'`, ended by SIGTERM.
import 'reflect-metadata';

import { budget, totalMs } from '../budget.mjs';
import { createApp } from './create-app.mjs';
import { Readiness } from './ready.controller.mjs';
import { tell } from './tell.mjs';

const [, , name, settings] = process.argv;
const solution = await import(`../solutions/${name}.mjs`);

const { tellsMemory, ...appSettings } = JSON.parse(settings);
const app = await createApp(
  { imports: solution.imports?.(budget), nestOptions: solution.nestOptions },
  appSettings,
);
const server = app.getHttpServer();
const readiness = app.get(Readiness);
const wired = await solution.wire({ app, server, budget: { ...budget, totalMs }, readiness });
await app.listen(0, '127.0.0.1');
const { port } = server.address();
wired?.listening?.();
tell({ port, readyPort: wired?.readyPort ?? port });
if (tellsMemory) answerMemory();

function answerMemory() {
  process.on('message', () => {
    for (let i = 0; i < 5; i++) globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    tell({ bytes: heapUsed + external });
  });
  // Not what holds the event loop.
  process.channel?.unref();
}
