import { Logger } from '@nestjs/common';

import { RESOLVED_OPTIONS } from '../graceful-shutdown.options.js';
import { Traffic } from '../connections/traffic.js';
import { Routes } from '../routes/routes.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { provide, provideClass } from '../wiring/provide.js';
import { CLOCK } from '../wiring/surroundings.js';
import { token } from '../wiring/token.js';
import { Diagnostics } from './diagnostics.js';
import { ReportPublisher } from './report-publisher.js';
import { ShutdownLog } from './shutdown-log.js';
import { ShutdownRecord } from './shutdown-record.js';

/** Where the application logs. @internal */
export const LOGGER = token<Logger>('nestjs-drain:logger');

/** @internal */
export const REPORT = [
  provide(LOGGER, [], () => new Logger('GracefulShutdown')),
  provideClass(ShutdownLog, [LOGGER, ShutdownSequence, CLOCK]),
  provideClass(ShutdownRecord, [ShutdownSequence, Traffic, Routes, RESOLVED_OPTIONS, CLOCK]),
  provideClass(ReportPublisher, [ShutdownRecord, ShutdownSequence, LOGGER, RESOLVED_OPTIONS]),
  provideClass(Diagnostics, [ShutdownSequence, Traffic, Routes, ReportPublisher, CLOCK]),
];
