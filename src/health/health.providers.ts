import { GracefulShutdownService } from '../graceful-shutdown.service.js';
import { ApplicationShutdown } from '../nest/application-shutdown.js';
import { RESOLVED_OPTIONS } from '../options/resolve-options.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { kind } from '../wiring/kind.js';
import { Probes } from './probes.js';

/** @internal */
export const HEALTH = [
  kind(Probes, [RESOLVED_OPTIONS, ApplicationShutdown, ShutdownSequence, GracefulShutdownService]),
];
