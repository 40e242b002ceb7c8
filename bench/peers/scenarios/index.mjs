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
import * as underWay from './under-way.mjs';
import * as upload from './upload.mjs';
import * as websocketIdle from './websocket-idle.mjs';
import * as websocket from './websocket.mjs';

/** In the order of the report. */
const scenarios = {
  'under-way': underWay,
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

/** @returns names and definitions of all, or of the one that is asked for */
export function chooseScenarios(only) {
  const all = Object.entries(scenarios);
  const chosen = all.filter(([file]) => only === undefined || file === only);
  if (chosen.length > 0) return chosen;
  throw new Error(`There is no scenario ${only}: ${Object.keys(scenarios).join(', ')}`);
}
