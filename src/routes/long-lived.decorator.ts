import 'reflect-metadata';

import { methodsOf, nameInFastifyConfig } from './handler-name.js';

const LONG_LIVED = 'nestjs-drain:long-lived';

/**
 * What a shutdown does with a response that lasts:
 *
 * - `end`: ends it, as it ends the event stream of an `EventSource`. What has sent nothing yet is answered 204.
 * - `wait`: waits for it as for any other, event streams included.
 * - `ignore`: waits for it no longer than for everything else, and then cuts it.
 *
 * @publicApi
 */
export type LongLivedResponse = 'end' | 'wait' | 'ignore';

/**
 * Marks a route whose responses last: a log that is followed, a long poll, an event stream that is
 * to be treated unlike others. Without it an event stream that an `EventSource` can have asked for (a
 * GET with `Accept: text/event-stream`) is ended; anything else is waited for.
 *
 * @param response - what a shutdown does with its responses
 * @example
 * ```ts
 * @Controller('builds')
 * export class BuildsController {
 *   @Get(':id/log')
 *   @LongLived('end')
 *   follow(@Res() response: ServerResponse): void {
 *     response.write('waiting for a worker\n');
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function LongLived(response: LongLivedResponse = 'end'): MethodDecorator {
  // Written beside the method, not on it: other decorators may replace the function.
  return (target, key) => Reflect.defineMetadata(LONG_LIVED, response, target, key);
}

/** The marked methods of a controller, by the names of their routes. @internal */
export function longLivedRoutes({
  name,
  prototype,
}: {
  readonly name: string;
  readonly prototype: object;
}): [string, LongLivedResponse][] {
  return methodsOf(prototype).flatMap(([key, method]) => {
    const response: unknown = Reflect.getMetadata(LONG_LIVED, prototype, key);
    if (response === undefined) return [];
    const route = `${name}.${key}`;
    nameInFastifyConfig(method, route);
    return [[route, response as LongLivedResponse]];
  });
}
