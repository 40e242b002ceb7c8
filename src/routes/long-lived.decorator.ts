import 'reflect-metadata';

import { methodsOf, nameInFastifyConfig } from './handler-name.js';

const LONG_LIVED = 'nestjs-drain:long-lived';

/**
 * What a shutdown does with a long-lived response:
 *
 * - `end`: ends it, like the event stream of an `EventSource`. A response that has sent nothing yet
 * becomes a 204.
 * - `wait`: waits for it as for any other response, even if it is an event stream.
 * - `ignore`: does not wait for it, and cuts it when everything else has finished.
 *
 * @publicApi
 */
export type LongLivedResponse = 'end' | 'wait' | 'ignore';

/**
 * Marks a route with long-lived responses: a log that is followed, a long poll, an event stream
 * that needs other treatment. Without it an event stream that an `EventSource` can have asked for
 * (a GET with `Accept: text/event-stream`) is ended; anything else is waited for.
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
  // Stored on the class, not on the function, which other decorators may replace.
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
