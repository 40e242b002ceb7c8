import { finalize, type Observable, Subject, takeUntil, tap } from 'rxjs';

/** How long a stream that has replied may be silent. As long as an event stream has for its end. */
const SILENT_MS = 1000;
/** As Nest tells the error of a handler. */
const SHUTTING_DOWN = { status: 'error', message: 'The service is shutting down' };

/**
 * The replies of one handler that returned a stream. Many are made to never end, and their handlers
 * do not hear of a caller that has gone.
 *
 * @internal
 */
export class RpcStream {
  readonly #over = new Subject<void>();
  #replies = 0;
  #repliesSeen = 0;
  #silentSince: number | undefined;

  follow<T>(stream: Observable<T>, end: () => void): Observable<T> {
    return stream.pipe(
      tap(() => void (this.#replies += 1)),
      takeUntil(this.#over),
      finalize(end),
    );
  }

  /** Whether it has replied, and then no more, as far as anybody looked; look again and again. */
  isSilent(now: number): boolean {
    if (this.#silentSince === undefined || this.#replies !== this.#repliesSeen) {
      this.#repliesSeen = this.#replies;
      this.#silentSince = now;
    }
    return this.#replies > 0 && now - this.#silentSince >= SILENT_MS;
  }

  /** Ends it as if its handler had. */
  complete(): void {
    this.#over.next();
  }

  /** Ends it so that its caller notices. */
  cut(): void {
    this.#over.error(SHUTTING_DOWN);
  }
}
