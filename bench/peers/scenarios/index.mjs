import * as background from './background.mjs';
import * as balancer from './balancer.mjs';
import * as costMemory from './cost-memory.mjs';
import * as costProcessor from './cost-processor.mjs';
import * as eventStream from './event-stream.mjs';
import * as hammered from './hammered.mjs';
import * as http2 from './http2.mjs';
import * as https from './https.mjs';
import * as idle from './idle.mjs';
import * as pipelined from './pipelined.mjs';
import * as secondSignal from './second-signal.mjs';
import * as silent from './silent.mjs';
import * as slowGuard from './slow-guard.mjs';
import * as streams from './streams.mjs';
import * as stuck from './stuck.mjs';
import * as tornDownPool from './torn-down-pool.mjs';
import * as inFlight from './in-flight.mjs';
import * as upload from './upload.mjs';
import * as websocketIdle from './websocket-idle.mjs';
import * as websocket from './websocket.mjs';

/** In the order of the report. */
const scenarios = {
  'in-flight': inFlight,
  'torn-down-pool': tornDownPool,
  balancer,
  hammered,
  idle,
  silent,
  'slow-guard': slowGuard,
  upload,
  streams,
  pipelined,
  https,
  http2,
  websocket,
  'websocket-idle': websocketIdle,
  'event-stream': eventStream,
  background,
  stuck,
  'second-signal': secondSignal,
  'cost-memory': costMemory,
  'cost-processor': costProcessor,
};

export const scenarioNames = Object.keys(scenarios);

/** @returns names and definitions of all, or of those that are asked for */
export function chooseScenarios(only = scenarioNames) {
  return Object.entries(scenarios).filter(([file]) => only.includes(file));
}
