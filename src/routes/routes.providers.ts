import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import { probeRoutes } from '../health/probe-routes.js';
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
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      nameHandlers(metatype);
      const { name: controller, prototype } = metatype;
      const injected = injectedTokens(metatype);
      for (const name of probeRoutes(controller, methodsOf(prototype as object), injected)) {
        probes.add(name);
      }
      for (const [name, response] of longLivedRoutes(metatype)) longLived.set(name, response);
    }
  }
  return new Routes(host, longLived, probes);
}
