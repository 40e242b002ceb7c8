import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';

import { notImported } from '../graceful-shutdown.errors.js';
import { GIVEN_OPTIONS } from '../options/graceful-shutdown-options.module.js';
import { readOptions } from '../options/option-rules.js';
import { RESOLVED_OPTIONS, resolveOptions } from '../options/resolve-options.js';
import { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { Parts } from '../wiring/parts.js';
import { CLOCK, PROCESS } from '../wiring/surroundings.js';
import type { FakeClock } from './fake-clock.js';
import type { FakeProcess } from './fake-process.js';
import { seededRandom } from './seeded-random.js';
import type { ShutdownTestOptions, ShutdownTestRoot } from './shutdown-test.options.js';

/** A test behaves the same everywhere, even in a pod of Kubernetes. */
const NO_ENV = {};

/**
 * Compiles a module whose time and process are fake, and whose spread is seeded.
 *
 * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_IMPORTED`
 * @internal
 */
export async function compile(
  root: ShutdownTestRoot,
  { options = {}, seed = 1 }: ShutdownTestOptions,
  clock: FakeClock,
  process: FakeProcess,
): Promise<TestingModule> {
  const builder = isBuilder(root) ? root : Test.createTestingModule({ imports: [root] });
  const random = seededRandom(seed);
  const module = await builder
    .overrideProvider(CLOCK)
    .useValue(clock)
    .overrideProvider(PROCESS)
    .useValue(new ProcessShutdown(process, clock))
    .overrideProvider(RESOLVED_OPTIONS)
    .useFactory({
      inject: [GIVEN_OPTIONS],
      factory: (given: object) => {
        // Problems with the options are reported as usual.
        resolveOptions(given, NO_ENV);
        return resolveOptions({ ...readOptions(given), ...options, random }, NO_ENV);
      },
    })
    .compile();
  try {
    module.get(Parts, { strict: false });
  } catch (cause) {
    await module.close();
    throw notImported('ShutdownTest', { cause });
  }
  return module;
}

function isBuilder(root: ShutdownTestRoot): root is TestingModuleBuilder {
  return 'overrideProvider' in root;
}
