import { HttpAdapterHost } from '@nestjs/core';

import { kind } from '../wiring/kind.js';
import { provideClass } from '../wiring/provide.js';
import { HttpServers } from './http-servers.js';
import { Traffic } from './traffic.js';

/** @internal */
export const CONNECTIONS = [kind(HttpServers, [HttpAdapterHost]), provideClass(Traffic, [])];
