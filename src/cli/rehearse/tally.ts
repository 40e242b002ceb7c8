/** The ways to lose a request. @internal */
export const LOSSES = ['refused', 'reset', 'cut', 'error', 'wrong'] as const;

/**
 * `error`: a status of 500 or above; `wrong`: another status than before the signal, or a body that
 * only looks complete.
 *
 * @internal
 */
export type Loss = (typeof LOSSES)[number];

/** @internal */
export type Losses = Readonly<Record<Loss, number>>;

/** What one kind of client saw. @internal */
export interface KindCounts {
  readonly kind: string;
  readonly sent: number;
  readonly lost: Losses;
  readonly slowestMs: number;
}

/** A request that was lost. @internal */
export interface LostRequest {
  readonly kind: string;
  readonly what: string;
  readonly loss: Loss;
  /** The time from the signal to its end. */
  readonly atMs: number;
  /** The status, or the code of the error. */
  readonly detail: string;
}

/** A request in flight. @internal */
export interface Pending {
  readonly kind: string;
  readonly what: string;
  readonly since: number;
}

/** The kinds in the order of the table. */
const KINDS = [
  'kept alive',
  'fresh',
  'slow reader',
  'mostly idle',
  'upload',
  'websocket',
  'event stream',
  'unanswered',
  'silent',
  'half a header',
];
/** The limit for each kind of client and loss. */
const MOST_EXAMPLES = 50;

/** Counts what clients see before and after the signal. @internal */
export class Tally {
  readonly lostRequests: LostRequest[] = [];
  #signalAt: number | undefined;
  readonly #before = new Map<string, Counter>();
  readonly #after = new Map<string, Counter>();
  readonly #pending = new Set<Pending>();

  /** Requests that end from now on count as after the signal. */
  signalled(): void {
    this.#signalAt = performance.now();
  }

  get sinceSignalMs(): number {
    return this.#signalAt === undefined ? 0 : performance.now() - this.#signalAt;
  }

  get hasSignalled(): boolean {
    return this.#signalAt !== undefined;
  }

  /** @returns a function to call with the outcome */
  begin(kind: string, what: string): (loss?: Loss, detail?: string) => void {
    const pending = { kind, what, since: performance.now() };
    this.#pending.add(pending);
    return (loss, detail = '') => {
      if (!this.#pending.delete(pending)) return;
      const counter = this.#counterOf(kind);
      counter.sent += 1;
      counter.slowestMs = Math.max(counter.slowestMs, performance.now() - pending.since);
      if (loss === undefined) return;
      counter.lost[loss] += 1;
      if (!this.hasSignalled || counter.lost[loss] > MOST_EXAMPLES) return;
      this.lostRequests.push({ kind, what, loss, atMs: Math.round(this.sinceSignalMs), detail });
    };
  }

  /** Counts a refused connection that carries no request. */
  refused(kind: string): void {
    this.begin(kind, 'connection')('refused', 'ECONNREFUSED');
  }

  /** @param ms - the minimum age */
  underWay(ms: number): readonly Pending[] {
    const latest = performance.now() - ms;
    return [...this.#pending].filter(({ since }) => since <= latest);
  }

  before(): KindCounts[] {
    return countsOf(this.#before);
  }

  after(): KindCounts[] {
    return countsOf(this.#after);
  }

  #counterOf(kind: string): Counter {
    const counters = this.hasSignalled ? this.#after : this.#before;
    let counter = counters.get(kind);
    if (counter === undefined) counters.set(kind, (counter = newCounter()));
    return counter;
  }
}

/** @internal */
export function sumOf(counts: readonly KindCounts[]): Omit<KindCounts, 'kind'> {
  return {
    sent: sum(counts.map(({ sent }) => sent)),
    lost: Object.fromEntries(
      LOSSES.map((loss) => [loss, sum(counts.map(({ lost }) => lost[loss]))]),
    ) as Record<Loss, number>,
    slowestMs: Math.max(0, ...counts.map(({ slowestMs }) => slowestMs)),
  };
}

/** @internal */
export function lostOf(lost: Losses): number {
  return sum(LOSSES.map((loss) => lost[loss]));
}

interface Counter {
  sent: number;
  slowestMs: number;
  readonly lost: Record<Loss, number>;
}

function newCounter(): Counter {
  return { sent: 0, slowestMs: 0, lost: { refused: 0, reset: 0, cut: 0, error: 0, wrong: 0 } };
}

function countsOf(counters: ReadonlyMap<string, Counter>): KindCounts[] {
  const known = [...counters].toSorted(([a], [b]) => KINDS.indexOf(a) - KINDS.indexOf(b));
  return known.map(([kind, { sent, slowestMs, lost }]) => ({
    kind,
    sent,
    lost: { ...lost },
    slowestMs: Math.round(slowestMs),
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
