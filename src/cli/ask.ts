import type { ReloadInvocation, StatusInvocation } from './arguments.js';
import { ControlClient } from './control-client.js';
import { findService } from './find-service.js';
import { reloadText, statusText } from './status-text.js';

/** `nestjs-drain status`. @returns the exit status @internal */
export async function status({ options }: StatusInvocation): Promise<number> {
  const client = new ControlClient(await findService(options, warn));
  const found = await client.status();
  console.log(options.json ? JSON.stringify(found, null, 2) : statusText(found));
  return 0;
}

/** `nestjs-drain reload`. @returns the exit status @internal */
export async function reload({ options }: ReloadInvocation): Promise<number> {
  const client = new ControlClient(await findService(options, warn));
  if (!options.wait) {
    await client.reload(options.workers);
    console.log('reload accepted');
    return 0;
  }
  const result = await client.reloadAndWait(options.workers);
  const isCompleted = result.outcome === 'completed';
  if (isCompleted) console.log(`reload: ${reloadText(result)}`);
  else console.error(`reload: ${reloadText(result)}`);
  return isCompleted ? 0 : 1;
}

function warn(message: string): void {
  console.error(`nestjs-drain: ${message}`);
}
