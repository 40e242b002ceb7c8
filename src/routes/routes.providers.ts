import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import { healthServicesOf, probeRoutes } from '../health/probe-routes.js';
import { controllersOf } from '../nest/controllers.js';
import { injectedTokens } from '../nest/injected-tokens.js';
import { provide } from '../wiring/provide.js';
import { methodsOf, nameHandlers } from './handler-name.js';
import { type LongLivedResponse, longLivedRoutes } from './long-lived.decorator.js';
import { Routes } from './routes.js';

/** @internal */
export const ROUTES = [provide(Routes, [HttpAdapterHost, ModulesContainer], routesOf)];

function routesOf(host: HttpAdapterHost, modules: ModulesContainer): Routes {
  const longLived = new Map<string, LongLivedResponse>();
  const probes = new Set<string>();
  const healthServices = healthServicesOf(modules);
  for (const controller of controllersOf(modules)) {
    nameHandlers(controller);
    const methods = methodsOf(controller.prototype as object);
    const injected = injectedTokens(controller);
    for (const name of probeRoutes(controller.name, methods, injected, healthServices)) {
      probes.add(name);
    }
    for (const [name, response] of longLivedRoutes(controller)) longLived.set(name, response);
  }
  return new Routes(host, longLived, probes);
}
