import { HttpServers } from '../../connections/http-servers.js';
import { Traffic } from '../../connections/traffic.js';
import { RESOLVED_OPTIONS } from '../../options/resolve-options.js';
import { Routes } from '../../routes/routes.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { kind } from '../../wiring/kind.js';
import { CLOCK } from '../../wiring/surroundings.js';
import { Http2Participant } from './http2.participant.js';

/** @internal */
export const HTTP2 = [
  kind(Http2Participant, [HttpServers, Routes, Traffic, ShutdownSequence, RESOLVED_OPTIONS, CLOCK]),
];
