import { Logger } from '@nestjs/common';

import { Traffic } from '../connections/traffic.js';
import { RESOLVED_OPTIONS } from '../options/resolve-options.js';
import { patienceHere } from '../platforms/patience.js';
import { Routes } from '../routes/routes.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { provide, provideClass } from '../wiring/provide.js';
import { CLOCK } from '../wiring/surroundings.js';
import { token } from '../wiring/token.js';

import { Diagnostics } from './diagnostics.js';
import { originHere } from './origin.js';
import { ReportPublisher } from './report-publisher.js';
import { ShutdownLog } from './shutdown-log.js';
import { type RecordOptions, ShutdownRecord } from './shutdown-record.js';
import { StartLog } from './start-log.js';

/** The logger of the application. @internal */
export const LOGGER = token<Logger>('nestjs-drain:logger');

/** The dependencies of a record. */
const RECORD_OPTIONS = token<RecordOptions>('nestjs-drain:record-options');

/** Told of a shutdown in this order: the report comes after the lines of the log. @internal */
export const REPORT = [
  provide(LOGGER, [], () => new Logger('GracefulShutdown')),
  provideClass(StartLog, [LOGGER]),
  provideClass(ShutdownLog, [LOGGER, ShutdownSequence, CLOCK]),
  provide(
    RECORD_OPTIONS,
    [RESOLVED_OPTIONS],
    ({ platformTimeoutSeconds, reportClients, service }) => ({
      origin: originHere(service),
      reportClients,
      patience: patienceHere(platformTimeoutSeconds),
    }),
  ),
  provideClass(ShutdownRecord, [ShutdownSequence, Traffic, Routes, RECORD_OPTIONS, CLOCK]),
  provideClass(ReportPublisher, [ShutdownRecord, ShutdownSequence, LOGGER, RESOLVED_OPTIONS]),
  provideClass(Diagnostics, [ShutdownSequence, Traffic, Routes, ReportPublisher, CLOCK]),
];
