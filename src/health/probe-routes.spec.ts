import 'reflect-metadata';

import { Controller, Get, Header, Injectable, Post } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { beforeAll, describe, expect, it } from 'vitest';

import { injectedTokens } from '../nest/injected-tokens.js';
import { methodsOf } from '../routes/handler-name.js';
import { healthServicesOf, probeRoutes } from './probe-routes.js';

let healthServices: ReadonlySet<unknown>;

beforeAll(async () => {
  const moduleRef = await Test.createTestingModule({ imports: [TerminusModule] }).compile();
  healthServices = healthServicesOf(moduleRef.get(ModulesContainer));
});

const probesOf = (controller: { name: string; prototype: object }) =>
  probeRoutes(
    controller.name,
    methodsOf(controller.prototype),
    injectedTokens(controller),
    healthServices,
  );

const NEVER_CACHED = ['Cache-Control', 'no-cache, no-store, must-revalidate'] as const;

@Injectable()
class Probes {
  constructor(readonly health: HealthCheckService) {}

  @Get('ready')
  @HealthCheck()
  ready(): void {}

  @Get('live')
  @HealthCheck({ swaggerDocumentation: false, noCache: true })
  live(): void {}
}

@Controller()
class AppController extends Probes {
  get broken(): never {
    throw new Error('a getter was called');
  }

  @Post('orders')
  create(): void {}

  @Get('orders')
  @Header('Cache-Control', 'no-store')
  list(): void {}
}

@Controller()
class OverridingController extends Probes {
  @Get('ready')
  override ready(): void {}
}

@Controller()
class OrdersController {
  @Get('orders')
  @Header(...NEVER_CACHED)
  list(): void {}
}

describe('the routes that answer health probes', () => {
  it('are those with @HealthCheck(), inherited ones too, but no others of the controller', () => {
    expect(probesOf(AppController)).toEqual(['AppController.ready', 'AppController.live']);
  });

  it('are not those that are overridden without it', () => {
    expect(probesOf(OverridingController)).toEqual(['OverridingController.live']);
  });

  it('are recognised by the metadata of Swagger if another provider checks', () => {
    class HealthController {
      check(): void {}
    }
    // As `@HealthCheck()` does where @nestjs/swagger is installed.
    const responses = { 503: { description: 'The Health Check is not successful' } };
    const { check } = HealthController.prototype as { check: object };
    Reflect.defineMetadata('swagger/apiResponse', responses, check);
    expect(probesOf(HealthController)).toEqual(['HealthController.check']);
  });

  it('are not those of a controller whose own service has the name of that of terminus', () => {
    const own = { HealthCheckService: class {} }.HealthCheckService;
    const methods = methodsOf(OrdersController.prototype);
    expect(probeRoutes('OrdersController', methods, [own], healthServices)).toEqual([]);
  });

  it('are not those that are merely uncached', () => {
    expect(probesOf(OrdersController)).toEqual([]);
  });
});
