import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { TestingModuleBuilder } from '@nestjs/testing';

import type { GracefulShutdownOptions } from '../graceful-shutdown.options.js';

/**
 * The root module of an application, or `Test.createTestingModule()` with what a test overrides.
 *
 * @publicApi
 */
export type ShutdownTestRoot = Type | DynamicModule | TestingModuleBuilder;

/** Of `ShutdownTest.startContext()`, and of every test. @publicApi */
export interface ShutdownTestOptions {
  /** Options of `GracefulShutdownModule` that are others in this test. */
  readonly options?: GracefulShutdownOptions;
  /**
   * Of the spread over the grace period: the same number, the same moments. Takes the place of the
   * option `random`.
   *
   * @defaultValue 1
   */
  readonly seed?: number;
  /**
   * For how many ms of real time the fake time stands still at most, while hooks, queries and other
   * real things go on. What takes longer hangs, as far as the test is concerned.
   *
   * @defaultValue 1000
   */
  readonly patienceMs?: number;
}

/** Of `ShutdownTest.start()`. @publicApi */
export interface HttpShutdownTestOptions extends ShutdownTestOptions {
  /**
   * `new FastifyAdapter()`.
   *
   * @defaultValue that of Express
   */
  readonly adapter?: AbstractHttpAdapter;
  /** What `main.ts` does before `listen()`: a global prefix, pipes, `connectMicroservice()`. */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
}
