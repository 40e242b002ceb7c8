import type { FactoryProvider } from '@nestjs/common';

/** A provider that a function makes of those it injects. @internal */
export function provide(
  token: FactoryProvider['provide'],
  inject: NonNullable<FactoryProvider['inject']>,
  useFactory: FactoryProvider['useFactory'],
): FactoryProvider {
  return { provide: token, inject, useFactory };
}
