import inspector from 'node:inspector';

import { GracefulRestart } from '../restart/primary/graceful-restart.js';
import { consoleLog } from '../restart/primary/restart-log.js';
import type { RunInvocation } from './arguments.js';
import { ControlServer } from './control-server.js';
import { loadHooks } from './load-hooks.js';

/** Runs a service until it ends. @returns its exit code @internal */
export async function run({ script, args, options }: RunInvocation): Promise<number> {
  // `--inspect` is for the application, and the workers have the option, too.
  if (inspector.url() !== undefined) inspector.close();
  const { control: path, hooks: file, ...rest } = options;
  const hooks = file === undefined ? {} : await loadHooks(file);
  const service = new GracefulRestart({ script, args, ...rest, hooks });
  service.listenToSignals();
  const control = await ControlServer.start(service, consoleLog, path);
  try {
    await service.start();
    return await service.ended;
  } finally {
    await control?.close();
  }
}
