import type { HttpResponse, OpenResponses } from '../../connections/open-responses.js';
import type { Traffic } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import { count } from '../../shutdown/amounts.js';
import { AnnounceWindow } from '../../shutdown/announce-window.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainParticipant } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { endResponse, isOfEventSource, wantsEventStream } from './end-response.js';

const LOOK_EVERY_MS = 50;
/** How long the application has to write a last event of its own. */
const FAREWELL_MS = 100;
/** How long a client may take to read the rest of a stream while draining. */
const FLUSH_MS = 1000;
/**
 * The range of the random `retry:`, so that the clients of one instance do not all come back at
 * once.
 */
const RETRY_FROM_MS = 1000;
const RETRY_TO_MS = 3000;

interface Stream {
  readonly source: OpenResponses;
  readonly endsAt: number;
  endedAt?: number;
}

/**
 * Responses that would never end by themselves: those to an `EventSource`, which reconnects, and
 * those of routes marked `@LongLived()`. Any other event stream, such as a language model's answer
 * to a POST, is a response like all others. Costs nothing before a shutdown; from then on it polls
 * the open responses of the servers, whose work in flight they stay.
 *
 * @internal
 */
export class EventStreamParticipant implements DrainParticipant {
  readonly name = 'event-stream';
  readonly #streams = new Map<HttpResponse, Stream>();
  /** The responses whose treatment is decided. */
  readonly #seen = new WeakSet<HttpResponse>();
  #begunAt = Infinity;
  readonly #window: AnnounceWindow;
  #ended = 0;
  #cancelLook: (() => void) | undefined;

  constructor(
    private readonly traffic: Pick<Traffic, 'responses'>,
    private readonly routes: Pick<Routes, 'longLivedResponse'>,
    private readonly options: { readonly random: () => number },
    private readonly sequence: ShutdownSequence,
    private readonly clock: Clock,
  ) {
    this.#window = new AnnounceWindow(clock, options.random);
    sequence.observe({
      entered: (state) => {
        if (state === 'grace') this.#begunAt = this.clock.now();
        if (state === 'closing') this.#stopLooking();
      },
    });
  }

  announce(windowMs: number): void {
    this.#window.open(windowMs);
    this.#lookAfterFarewell();
  }

  active(): number {
    return 0;
  }

  async drain(): Promise<void> {
    this.#lookAfterFarewell();
  }

  summary(): string | undefined {
    if (this.#ended === 0) return undefined;
    return `${count(this.#ended, 'event stream')} ended`;
  }

  /**
   * Never in the turn in which `intakeSignal` fires: what the application writes then must be sent.
   */
  #lookAfterFarewell(): void {
    this.#stopLooking();
    const farewellMs = this.sequence.endsProcess ? FAREWELL_MS : 0;
    const leftMs = Math.max(0, this.#begunAt + farewellMs - this.clock.now());
    this.#cancelLook = this.clock.after(leftMs, () => this.#look());
  }

  #look(): void {
    this.#findStreams();
    for (const [response, stream] of this.#streams) this.#advance(response, stream);
    this.#cancelLook = this.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #stopLooking(): void {
    this.#cancelLook?.();
  }

  #findStreams(): void {
    const found: [HttpResponse, OpenResponses][] = [];
    for (const source of this.traffic.responses) {
      for (const response of source.openResponses()) {
        if (this.#seen.has(response)) continue;
        const treatment = this.#treatmentOf(response);
        if (treatment === undefined) continue;
        this.#seen.add(response);
        if (treatment === 'ignore') source.release(response);
        if (treatment === 'end') found.push([response, source]);
      }
    }
    this.#plan(found);
  }

  #plan(found: readonly [HttpResponse, OpenResponses][]): void {
    const moments = this.#window.moments(found.length);
    found.forEach(([response, source], i) => {
      this.#streams.set(response, { source, endsAt: moments[i]! });
      response.once('close', () => this.#streams.delete(response));
    });
  }

  /** What to do with a response; undefined while that is not known. */
  #treatmentOf(response: HttpResponse): 'end' | 'wait' | 'ignore' | undefined {
    const marked = this.routes.longLivedResponse(response);
    if (marked === 'wait' || marked === 'ignore') return marked;
    if (response.headersSent) {
      return marked === 'end' || isOfEventSource(response) ? 'end' : 'wait';
    }
    return marked === 'end' && !wantsEventStream(response) ? 'end' : undefined;
  }

  #advance(response: HttpResponse, stream: Stream): void {
    const now = this.clock.now();
    const { drainingSince } = this.sequence;
    if (stream.endedAt === undefined) {
      if (now >= Math.min(stream.endsAt, drainingSince)) this.#end(response, stream);
    } else if (now - Math.max(stream.endedAt, drainingSince) >= FLUSH_MS) {
      // A client that does not read must not hold the exit to the deadline.
      response.destroy();
    }
  }

  #end(response: HttpResponse, stream: Stream): void {
    stream.endedAt = this.clock.now();
    this.#ended += 1;
    if (response.writableEnded) return;
    const { random } = this.options;
    const retryMs = RETRY_FROM_MS + random() * (RETRY_TO_MS - RETRY_FROM_MS);
    stream.source.endConnectionAfter(response);
    endResponse(response, Math.round(retryMs));
  }
}
