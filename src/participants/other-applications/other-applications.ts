import type { HttpAdapterHost } from '@nestjs/core';

import { HttpServers } from '../../connections/http-servers.js';
import { Traffic } from '../../connections/traffic.js';
import type { ApplicationShutdown } from '../../nest/application-shutdown.js';
import type { OtherApplication } from '../../nest/other-application.js';
import { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import { type HttpOptions, HttpParticipant } from '../http/http.participant.js';
import { Http2Participant } from '../http2/http2.participant.js';

/**
 * The requests of other applications in this process, which do not import the module.
 *
 * @internal
 */
export class OtherApplications {
  constructor(
    application: ApplicationShutdown,
    private readonly options: HttpOptions,
    private readonly clock: Clock,
  ) {
    application.onOther((other) => this.#drainHttpOf(other));
  }

  #drainHttpOf(other: OtherApplication): void {
    const { instance, sequence } = other;
    if (instance.getHttpAdapter === undefined) return;
    const host = { httpAdapter: instance.getHttpAdapter() } as HttpAdapterHost;
    const servers = new HttpServers(host);
    const common = [servers, new Routes(host), new Traffic(), sequence] as const;
    const http = new HttpParticipant(...common, this.options, this.clock);
    const http2 = new Http2Participant(...common, this.options, this.clock);
    for (const participant of [http, http2]) sequence.addParticipant(participant);
    other.beforeInit = () => servers.onModuleInit();
    sequence.observe({
      released: () => {
        for (const part of [servers, http, http2]) part.dispose();
      },
    });
  }
}
