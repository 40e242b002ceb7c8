// The application that is measured: `node app.mjs <express|fastify> <with|without|metrics>`.
// Without decorators, so that it runs as it stands.
import 'reflect-metadata';

import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const [, , adapterName, mode] = process.argv;

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
}
decorate(HelloController, 'hello', Get('hello'));
decorate(HelloController, 'slow', Get('slow'));
decorate(HelloController, 'wait', Get('wait'));
Controller()(HelloController);

class AppModule {}
Module({ imports: await imports(), controllers: [HelloController] })(AppModule);

const adapter = await httpAdapter();
const app = await NestFactory.create(AppModule, ...adapter, { logger: false });
await app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
// As long as Fastify's: Node's 5 s are over before thousands of connections are open.
app.getHttpServer().keepAliveTimeout = 72_000;
process.on('message', (message) => {
  if (message === 'cpu') process.send({ cpu: process.cpuUsage() });
  if (message === 'memory') process.send({ memory: memoryUsed() });
});
process.send({ port: app.getHttpServer().address().port });

/** What is left after a collection; asked for with `--expose-gc`. */
function memoryUsed() {
  for (let i = 0; i < 5; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function imports() {
  if (mode === 'without') return [];
  const { GracefulShutdownModule } = await import('nestjs-drain');
  const telemetry = mode === 'metrics' ? [await telemetryModule()] : [];
  return [GracefulShutdownModule.forRoot(), ...telemetry];
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

async function httpAdapter() {
  if (adapterName === 'express') return [];
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return [new FastifyAdapter()];
}

function decorate(target, method, decorator) {
  decorator(target.prototype, method, Object.getOwnPropertyDescriptor(target.prototype, method));
}
