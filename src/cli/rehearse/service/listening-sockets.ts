import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A listening TCP socket. @internal */
export interface ListeningSocket {
  readonly pid: number;
  readonly port: number;
  /** The loopback address to reach it. */
  readonly host: '127.0.0.1' | '::1';
}

const LISTEN = '0A';

/** The sockets that these processes listen on, by port. @internal */
export function listeningSockets(pids: readonly number[]): ListeningSocket[] {
  const found = process.platform === 'linux' ? fromProc(pids) : fromLsof(pids);
  // A server on IPv4 and IPv6 is listed twice.
  const byPort = new Map(found.toReversed().map((socket) => [socket.port, socket]));
  return [...byPort.values()].toSorted((a, b) => a.port - b.port);
}

function fromProc(pids: readonly number[]): ListeningSocket[] {
  const owners = new Map(pids.flatMap((pid) => inodesOf(pid).map((inode) => [inode, pid])));
  return ['tcp', 'tcp6'].flatMap((family) =>
    linesOf(`/proc/net/${family}`).flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      const pid = owners.get(inode);
      if (state !== LISTEN || pid === undefined) return [];
      const isOnlyIpv6 = address === '00000000000000000000000001000000';
      return [{ pid, port: parseInt(port, 16), host: isOnlyIpv6 ? '::1' : '127.0.0.1' } as const];
    }),
  );
}

function inodesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => inodeOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function inodeOf(link: string): string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.slice(1) ?? [];
  } catch {
    return [];
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(1);
  } catch {
    return [];
  }
}

function fromLsof(pids: readonly number[]): ListeningSocket[] {
  if (pids.length === 0) return [];
  const options = ['-nP', '-a', '-iTCP', '-sTCP:LISTEN', '-Fpn', '-p', pids.join()];
  let text = '';
  try {
    text = execFileSync('lsof', options, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // It exits with 1 if one of the processes listens on nothing.
    text = (error as { stdout?: string }).stdout ?? '';
  }
  let pid = 0;
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    const [, address, port] = /^n(.*):(\d+)$/.exec(line) ?? [];
    if (port === undefined) return [];
    return [{ pid, port: Number(port), host: address === '[::1]' ? '::1' : '127.0.0.1' } as const];
  });
}
