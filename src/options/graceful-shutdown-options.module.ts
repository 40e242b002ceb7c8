import { isDeepStrictEqual } from 'node:util';

import { ConfigurableModuleBuilder, Global, Inject, Module, type Provider } from '@nestjs/common';

import { importedTwice } from '../graceful-shutdown.errors.js';
import type { GracefulShutdownOptions } from '../graceful-shutdown.options.js';
import { provide } from '../wiring/provide.js';
import { token } from '../wiring/token.js';
import { resolveOptions } from './resolve-options.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<GracefulShutdownOptions>({ moduleName: 'GracefulShutdown' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createGracefulShutdownOptions')
    .build();

/** The token of the options as the application gave them. @internal */
export const GIVEN_OPTIONS = token<unknown>('nestjs-drain:given-options');

/** A class, because `useMocker()` of a test makes an object for every token that nobody provides. */
class OptionsSource {
  readonly options: unknown;

  constructor(options: unknown) {
    this.options = options;
  }
}

const SOURCE = token<OptionsSource>('nestjs-drain:options-source');

const OWN_OPTIONS = token<unknown>(MODULE_OPTIONS_TOKEN as string);

/**
 * One import of the module with options. Several imports are possible: the options module is
 * global, so the first one reaches `GracefulShutdownModule`, and each other one checks that it
 * agrees.
 *
 * @internal
 */
@Global()
@Module({
  providers: [provide(SOURCE, [OWN_OPTIONS], (options) => new OptionsSource(options))],
  exports: [SOURCE],
})
export class GracefulShutdownOptionsModule extends ConfigurableModuleClass {
  constructor(@Inject(OWN_OPTIONS) own: unknown, @Inject(GIVEN_OPTIONS) given: unknown) {
    super();
    if (!agree(own, given)) throw importedTwice();
  }
}

/** The options of an application, from the first import that gives some. @internal */
export const GIVEN_BY_SOURCE: Provider = {
  provide: GIVEN_OPTIONS,
  inject: [{ token: SOURCE, optional: true }],
  useFactory: (source: unknown) => (source instanceof OptionsSource ? source.options : {}),
};

/** Two factories may give the same options. */
function agree(own: unknown, given: unknown): boolean {
  return own === given || isDeepStrictEqual(resolveOptions(own), resolveOptions(given));
}
