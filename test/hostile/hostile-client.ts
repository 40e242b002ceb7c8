import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

import { type HostilePlan, SERVERS } from './hostile-plan.js';

/** Where a server of the fixture listens. */
export interface Place {
  readonly port?: number;
  readonly path?: string;
}

const HOST = '127.0.0.1';
const NO_CERTIFICATE = { rejectUnauthorized: false };

/** Plays one connection. Whatever happens to it is right: what counts is the server. */
export class HostileClient {
  #socket: Socket | undefined;

  constructor(private readonly plan: HostilePlan) {}

  /** Resolves when it has sent what it had, or could not. */
  async play(places: readonly Place[], isOver: AbortSignal): Promise<void> {
    const { plan } = this;
    await sleep(plan.afterMs);
    if (isOver.aborted) return;
    const socket = this.#open(places[plan.server]!);
    this.#socket = socket;
    socket.on('error', () => {});
    if (plan.reads) socket.resume();
    for (const chunk of plan.chunks) {
      if (socket.destroyed || isOver.aborted) return;
      if (chunk.length > 0) socket.write(chunk);
      await sleep(plan.pauseMs);
    }
    if (plan.end === 'fin') socket.end();
    else if (plan.end === 'destroy') socket.destroy();
    else if (plan.end === 'reset') this.#reset(socket);
  }

  /** Goes, if it has not gone yet. */
  leave(): void {
    this.#socket?.destroy();
  }

  #open({ port, path }: Place): Socket {
    const { server, secure, protocol } = this.plan;
    if (path !== undefined) return connect({ path, allowHalfOpen: true });
    const isTls = SERVERS[server] === 'express-https' || SERVERS[server] === 'fastify-h2-tls';
    if (!isTls || !secure) return connect({ port: port!, host: HOST, allowHalfOpen: true });
    return connectTls({ port: port!, host: HOST, ALPNProtocols: [protocol], ...NO_CERTIFICATE });
  }

  #reset(socket: Socket): void {
    // A pipe knows no reset, nor does what is encrypted.
    const isPlain = socket.remoteAddress !== undefined && !('encrypted' in socket);
    if (isPlain) socket.resetAndDestroy();
    else socket.destroy();
  }
}
