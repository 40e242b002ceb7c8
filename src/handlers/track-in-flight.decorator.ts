import { inPlaceOf } from './tracked-method.js';
import { liveTrackers } from './work-tracker.js';

type AsyncMethod = (...args: any[]) => Promise<unknown>;

/**
 * Makes the drain wait for the promise that the method returns. For cron ticks, job handlers, and
 * whatever else no connection waits for. Combines with other decorators in any order.
 *
 * @param label - its name in the log; by default `ReportsService.nightly`
 * @example
 * ```ts
 * @Injectable()
 * export class ReportsService {
 *   @TrackInFlight()
 *   async nightly(): Promise<void> {
 *     await this.build();
 *   }
 *
 *   private async build(): Promise<void> {}
 * }
 * ```
 *
 * @publicApi
 */
export function TrackInFlight(label?: string) {
  return <Method extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const original = descriptor.value;
    if (original === undefined) return;
    const owner = typeof target === 'function' ? target.name : target.constructor.name;
    const name = label ?? `${owner}.${String(key)}`;
    const tracked = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      const ends = [...liveTrackers].map((tracker) => tracker.begin(name));
      try {
        return await original.apply(this, args);
      } finally {
        for (const end of ends) end();
      }
    };
    descriptor.value = inPlaceOf(original, tracked) as Method;
  };
}
