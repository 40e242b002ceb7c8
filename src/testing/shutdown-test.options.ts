import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { TestingModuleBuilder } from '@nestjs/testing';

import type { GracefulShutdownOptions } from '../graceful-shutdown.options.js';

/**
 * The application under test: its root module, or `Test.createTestingModule()` with overrides.
 *
 * @publicApi
 */
export type ShutdownTestRoot = Type | DynamicModule | TestingModuleBuilder;

/** The options of `ShutdownTest.startContext()`, and of `start()`. @publicApi */
export interface ShutdownTestOptions {
  /** The options of `GracefulShutdownModule` for this test, in place of the application's. */
  readonly options?: GracefulShutdownOptions;
  /**
   * The seed of the spread over the grace period: the same number gives the same moments. Replaces
   * the option `random`.
   *
   * @defaultValue 1
   */
  readonly seed?: number;
  /**
   * The longest that fake time stands still for hooks, queries and other real things, in ms of real
   * time. What takes longer counts as hanging.
   *
   * @defaultValue 1000
   */
  readonly patienceMs?: number;
}

/** The options of `ShutdownTest.start()`. @publicApi */
export interface HttpShutdownTestOptions extends ShutdownTestOptions {
  /**
   * The HTTP adapter, such as `new FastifyAdapter()`.
   *
   * @defaultValue that of Express
   */
  readonly adapter?: AbstractHttpAdapter;
  /**
   * The function that does what `main.ts` does before `listen()`: a global prefix, pipes,
   * `connectMicroservice()`.
   */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
}
