// The application that is measured:
// `node app.mjs <express|fastify> <mode> [hooks] [websockets] [http2] [grace=<ms>]`. The mode is `without`, `with` (the module), `metrics` (and OpenTelemetry), or the name of a file in
// peers/solutions. Without decorators, so that it runs as it stands.
import 'reflect-metadata';

import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { budget as usualBudget, totalMs } from './peers/budget.mjs';
import { peak, resetPeak } from './support/peak-memory.mjs';

const [, , adapterName, mode, ...features] = process.argv;
/** Those who wait to be released. */
const held = [];

class HelloController {
  hello() {
    return { hello: 'world' };
  }

  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { slow: true };
  }

  /** Never answers. */
  wait() {
    return new Promise(() => {});
  }

  /** All of them end at one moment. */
  async held() {
    await new Promise((resolve) => held.push(resolve));
    return { held: true };
  }
}
decorate(HelloController, 'hello', Get('hello'));
decorate(HelloController, 'slow', Get('slow'));
decorate(HelloController, 'wait', Get('wait'));
decorate(HelloController, 'held', Get('held'));
Controller()(HelloController);

const solution = await chosenSolution();
/** Without being asked for, a grace period would only be waited for. */
const grace = features.find((feature) => feature.startsWith('grace='))?.split('=')[1];
const budget = { ...usualBudget, gracePeriodMs: Number(grace ?? 0), totalMs };

class AppModule {}
Module({
  imports: (await solution.imports?.(budget)) ?? [],
  controllers: [HelloController],
  providers: features.includes('websockets') ? [await gateway()] : [],
})(AppModule);

const adapter = await httpAdapter();
const app = await NestFactory.create(AppModule, ...adapter, { logger: false });
if (features.includes('hooks')) app.enableShutdownHooks();
if (features.includes('websockets')) {
  const { WsAdapter } = await import('@nestjs/platform-ws');
  app.useWebSocketAdapter(new WsAdapter(app));
}
const server = app.getHttpServer();
const wired = await solution.wire?.({ app, server, budget, readiness: {} });
await app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
wired?.listening?.();
// As long as Fastify's: Node's 5 s are over before thousands of connections are open.
server.keepAliveTimeout = 72_000;

const answers = {
  cpu: () => process.cpuUsage(),
  memory: memoryUsed,
  mark: markLeave,
  held: () => held.length,
};
process.on('message', (message) => {
  if (message === 'release') for (const release of held.splice(0)) release();
  else if (message === 'close') void app.close().then(() => process.exit());
  // Under the command, its primary speaks by the same channel.
  else if (Object.hasOwn(answers, message)) process.send({ [message]: answers[message]() });
});
// Not what holds the event loop: an application of one's own has no such channel.
process.channel?.unref();
// Nobody is left who would end it. Under the command, and in a cluster, the module sees to that.
if (process.env.PORT === undefined) process.once('disconnect', () => process.exit(1));
process.send({ port: server.address().port });

/** What is left after a collection; asked for with `--expose-gc`. */
function memoryUsed() {
  for (let i = 0; i < 5; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** From here to its end counts as the leave. @returns the bytes resident now */
function markLeave() {
  globalThis.gc();
  const cpu = process.cpuUsage();
  process.on('exit', () => process.send({ leave: { peak: peak(), cpu: process.cpuUsage(cpu) } }));
  return resetPeak() ?? null;
}

async function chosenSolution() {
  if (mode === 'without') return {};
  if (mode === 'with') return { imports: drainModules };
  if (mode === 'metrics') {
    return { imports: async (times) => [...(await drainModules(times)), await telemetryModule()] };
  }
  return import(`./peers/solutions/${mode}.mjs`);
}

async function drainModules({ gracePeriodMs }) {
  const { GracefulShutdownModule } = await import('nestjs-drain');
  return [GracefulShutdownModule.forRoot({ gracePeriodMs })];
}

/** With an SDK that collects each second, and exports to nowhere. */
async function telemetryModule() {
  const { metrics } = await import('@opentelemetry/api');
  const sdk = await import('@opentelemetry/sdk-metrics');
  const { GracefulShutdownTelemetryModule } = await import('nestjs-drain/opentelemetry');
  const exporter = {
    export: (_metrics, done) => done({ code: 0 }),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 1000,
    exportTimeoutMillis: 1000,
  });
  metrics.setGlobalMeterProvider(new sdk.MeterProvider({ readers: [reader] }));
  return GracefulShutdownTelemetryModule.forRoot();
}

/** Of websockets that only stay open. */
async function gateway() {
  const { WebSocketGateway } = await import('@nestjs/websockets');
  class Gateway {}
  WebSocketGateway()(Gateway);
  return Gateway;
}

async function httpAdapter() {
  if (adapterName === 'express') return [];
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return [new FastifyAdapter({ http2: features.includes('http2') })];
}

function decorate(target, method, decorator) {
  decorator(target.prototype, method, Object.getOwnPropertyDescriptor(target.prototype, method));
}
