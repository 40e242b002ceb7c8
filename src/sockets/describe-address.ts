import { isIPv6 } from 'node:net';
import { getSystemErrorName } from 'node:util';

import type { Errno, ListenQuery } from './bind.js';

/** An address as an operator writes it. @internal */
export function describeAddress({ address, port, fd }: ListenQuery): string {
  if (fd !== undefined && fd >= 0) return `file descriptor ${fd}`;
  if (port < 0) return `${address}`;
  if (!address) return `port ${port} on any address`;
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The error of a server that could not listen, as Node tells it. @internal */
export function describeListenError(query: ListenQuery, error: Errno): string {
  return `listen ${getSystemErrorName(error)}: ${describeAddress(query)}`;
}
