import 'reflect-metadata';

import { HANDLER_ROWS, type HandlerRow } from './handler-row.js';
import { isTracked, type Method, trackedMethod } from './tracked-method.js';
import type { WorkTracker } from './work-tracker.js';

/** The methods of a provider's or controller's class. */
type Prototype = object;

/** One replaced method. Several applications in one process may share a class. */
interface Followed {
  readonly applications: Map<UnawaitedHandlers, HandlerRow>;
  restore(): void;
}

/** Keyed by the replacement. */
const followed = new WeakMap<Method, Followed>();

/**
 * The handlers that a library calls without awaiting them. Each that a row of the table marks
 * counts as work in flight.
 *
 * Their methods are replaced on the prototypes of their classes, before a library looks for them:
 * request-scoped objects have theirs there as well, and the order of the methods stays.
 *
 * @internal
 */
export class UnawaitedHandlers {
  readonly #releases: (() => void)[] = [];

  constructor(
    private readonly prototypes: () => Iterable<Prototype>,
    private readonly options: { readonly trackHandlers: readonly HandlerRow[] },
    private readonly tracker: Pick<WorkTracker, 'begin'>,
  ) {}

  prepare(): void {
    const rows = [...this.options.trackHandlers, ...HANDLER_ROWS];
    for (const prototype of new Set(this.prototypes())) this.#explore(prototype, rows);
  }

  dispose(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  #explore(prototype: Prototype, rows: readonly HandlerRow[]): void {
    const overridden = new Set<string>();
    for (const owner of chainOf(prototype)) {
      for (const name of Object.getOwnPropertyNames(owner)) {
        const method = overridden.has(name) ? undefined : methodOf(owner, name);
        overridden.add(name);
        if (method === undefined) continue;
        const row = rows.find((one) => marks(one, prototype, name, method));
        if (row !== undefined) this.#follow(owner, name, method, row);
      }
    }
  }

  #follow(owner: Prototype, name: string, method: Method, row: HandlerRow): void {
    const known = followed.get(method) ?? replaceOn(owner, name, method);
    if (known === undefined || known.applications.has(this)) return;
    known.applications.set(this, row);
    this.#releases.push(() => {
      known.applications.delete(this);
      if (known.applications.size === 0) known.restore();
    });
  }

  /** @internal */
  begin(row: HandlerRow, handler: object, method: Method): () => void {
    const owner = (handler as { constructor?: { name?: string } }).constructor?.name ?? 'Object';
    return this.tracker.begin(`${row.name} ${owner}.${method.name}`);
  }
}

/** @returns undefined if it already reports its own runs */
function replaceOn(owner: Prototype, name: string, method: Method): Followed | undefined {
  if (isTracked(method)) return undefined;
  const applications: Followed['applications'] = new Map();
  const replacement = trackedMethod(method, (handler) => {
    const ends = [...applications].map(([one, row]) => one.begin(row, handler as object, method));
    return () => ends.forEach((end) => end());
  });
  const property = Object.getOwnPropertyDescriptor(owner, name);
  if (!Reflect.defineProperty(owner, name, { ...property, value: replacement })) return undefined;
  const one: Followed = {
    applications,
    restore: () => {
      if (methodOf(owner, name) === replacement) Object.defineProperty(owner, name, property!);
    },
  };
  followed.set(replacement, one);
  return one;
}

function marks(row: HandlerRow, prototype: Prototype, name: string, method: Method): boolean {
  if (row.methods === undefined) return Reflect.hasOwnMetadata(row.metadata, method);
  return row.methods.includes(name) && Reflect.hasMetadata(row.metadata, classOf(prototype));
}

function classOf(prototype: Prototype): object {
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof type === 'function' ? type : prototype;
}

/** Runs no getter. */
function methodOf(owner: Prototype, name: string): Method | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value;
  return typeof value === 'function' && name !== 'constructor' ? (value as Method) : undefined;
}

/** A prototype and its ancestors, without `Object.prototype`. */
function* chainOf(prototype: Prototype): Generator<Prototype> {
  for (let owner: object | null = prototype; owner !== null; owner = parentOf(owner)) {
    if (!Object.hasOwn(owner, 'hasOwnProperty')) yield owner;
  }
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}
