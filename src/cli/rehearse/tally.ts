/** How requests are lost. @internal */
export const LOSSES = ['refused', 'reset', 'cut', 'error', 'wrong'] as const;

/**
 * `error`: an answer of 500 and above; `wrong`: another status than before the signal, or a body
 * that only looks whole.
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

/** One of those that were lost. @internal */
export interface LostRequest {
  readonly kind: string;
  readonly what: string;
  readonly loss: Loss;
  /** When it ended, after the signal. */
  readonly atMs: number;
  /** The status, or the code of the error. */
  readonly detail: string;
}

/** What is in flight. @internal */
export interface Pending {
  readonly kind: string;
  readonly what: string;
  readonly since: number;
}

/** In the order of the table. */
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
/** Of each kind of client and of loss. */
const MOST_EXAMPLES = 50;

/** Counts what clients see, before the signal and after it. @internal */
export class Tally {
  readonly lostRequests: LostRequest[] = [];
  #signalAt: number | undefined;
  readonly #before = new Map<string, Counter>();
  readonly #after = new Map<string, Counter>();
  readonly #pending = new Set<Pending>();

  /** What ends from now on ended in the shutdown. */
  signalled(): void {
    this.#signalAt = performance.now();
  }

  get sinceSignalMs(): number {
    return this.#signalAt === undefined ? 0 : performance.now() - this.#signalAt;
  }

  get hasSignalled(): boolean {
    return this.#signalAt !== undefined;
  }

  /** @returns to be called with the end of it */
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

  /** A connection that carries no request, and could not be opened. */
  refused(kind: string): void {
    this.begin(kind, 'connection')('refused', 'ECONNREFUSED');
  }

  /** @param ms - for how long at least */
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
