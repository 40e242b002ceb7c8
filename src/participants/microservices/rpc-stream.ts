import { finalize, type Observable, Subject, takeUntil, tap } from 'rxjs';

/** How long a stream that has replied may be silent. As long as an event stream has for its end. */
const SILENT_MS = 1000;
/** The shape in which Nest sends the error of a handler. */
const SHUTTING_DOWN = { status: 'error', message: 'The service is shutting down' };

/**
 * The replies of one handler that returned a stream. Many streams never complete, and a handler is
 * not notified when its caller has gone.
 *
 * @internal
 */
export class RpcStream {
  readonly #over = new Subject<void>();
  #replies = 0;
  #hasFailed = false;
  #repliesSeen = 0;
  #silentSince: number | undefined;

  /** Whether its handler ended it with an error. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  follow<T>(stream: Observable<T>, end: () => void): Observable<T> {
    return stream.pipe(
      tap({
        next: () => void (this.#replies += 1),
        error: () => void (this.#hasFailed = true),
      }),
      takeUntil(this.#over),
      finalize(end),
    );
  }

  /**
   * Whether it has replied, and has been silent since. The silence is timed from the first call that
   * sees the last reply, so call it regularly.
   */
  isSilent(now: number): boolean {
    if (this.#silentSince === undefined || this.#replies !== this.#repliesSeen) {
      this.#repliesSeen = this.#replies;
      this.#silentSince = now;
    }
    return this.#replies > 0 && now - this.#silentSince >= SILENT_MS;
  }

  /** Ends the stream as if its handler had completed it. */
  complete(): void {
    this.#over.next();
  }

  /** Ends the stream with an error, so that its caller notices. */
  cut(): void {
    this.#over.error(SHUTTING_DOWN);
  }
}
