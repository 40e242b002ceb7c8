import 'reflect-metadata';

import { createParamDecorator } from '@nestjs/common';

import { DeadlineSignalPipe } from './deadline-signal.pipe.js';

const PARAMETER_TYPES = 'design:paramtypes';

const SignalParameter = createParamDecorator(() => undefined);

/**
 * Injects the deadline signal into a handler of an HTTP route, a message, a websocket event or a
 * GraphQL resolver. A `fetch` or a query that gets it ends in time for an orderly answer, instead
 * of being cut a second later.
 *
 * It is `GracefulShutdownService.deadlineSignal`. To stop also when the client is gone, combine it
 * with `AbortSignal.any()`.
 *
 * @example
 * ```ts
 * @Controller('quotes')
 * export class QuotesController {
 *   @Get()
 *   async quote(@DeadlineSignal() deadline: AbortSignal): Promise<unknown> {
 *     const response = await fetch('https://rates.example/today', { signal: deadline });
 *     return response.json();
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function DeadlineSignal(): ParameterDecorator {
  return (target, key, index) => {
    SignalParameter(DeadlineSignalPipe)(target, key, index);
    if (key !== undefined) hideType(target, key, index);
  };
}

/**
 * A global `ValidationPipe` with `validateCustomDecorators` comes before the pipe, and would make
 * the type of the parameter out of what is there: `new AbortSignal()` throws.
 */
function hideType(target: object, key: string | symbol, index: number): void {
  const types: unknown = Reflect.getOwnMetadata(PARAMETER_TYPES, target, key);
  if (!Array.isArray(types)) return;
  Reflect.defineMetadata(PARAMETER_TYPES, types.with(index, Object), target, key);
}
