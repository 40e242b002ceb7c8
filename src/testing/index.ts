/**
 * The shutdown of an application as a test: real sockets, fake time.
 *
 * @module nestjs-drain/testing
 */

export { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
export { assertReport, type ExpectedShutdown } from './assert-report.js';
export { ShutdownTest } from './shutdown-test.js';
export type {
  HttpShutdownTestOptions,
  ShutdownTestOptions,
  ShutdownTestRoot,
} from './shutdown-test.options.js';
