import { plain } from './plain-text.js';

/**
 * The trigger of a shutdown. All but `close` end the process once the application is closed.
 *
 * @internal
 */
export type ShutdownTrigger =
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly typed: boolean }
  | { readonly kind: 'request'; readonly reason?: string | undefined }
  | { readonly kind: 'restart' }
  | { readonly kind: 'crash'; readonly error: unknown }
  | { readonly kind: 'close'; readonly signal?: string | undefined };

/** @internal */
export function endsTheProcess(trigger: ShutdownTrigger): boolean {
  return trigger.kind !== 'close';
}

/**
 * Whether somebody waits for the end of a shutdown. Nobody does if another process has taken over
 * the same sockets: idle peers may stay until they leave by themselves.
 *
 * @internal
 */
export function isAwaited(trigger: ShutdownTrigger): boolean {
  return trigger.kind !== 'restart';
}

/**
 * Whether a grace period makes sense. Not after Ctrl-C, where no balancer routes traffic here; not
 * after a crash, since a crashed process is trusted no longer than its work in flight needs; not
 * after `close()`, where a test has no balancer; not in a restart, where the balancer has nothing
 * to notice.
 *
 * @internal
 */
export function deservesGrace(trigger: ShutdownTrigger): boolean {
  return trigger.kind === 'request' || (trigger.kind === 'signal' && !isTyped(trigger));
}

/** The signal as Nest hands it to its hooks. @internal */
export function signalOf(trigger: ShutdownTrigger): string | undefined {
  return trigger.kind === 'signal' || trigger.kind === 'close' ? trigger.signal : undefined;
}

/** The trigger, as the first words of a log line. @internal */
export function describeTrigger(trigger: ShutdownTrigger): string {
  const descriptions: Readonly<Record<ShutdownTrigger['kind'], string>> = {
    signal: `${signalOf(trigger)} received${isTyped(trigger) ? ' from the terminal' : ''}`,
    request: 'shutdown() called',
    restart: 'A new worker has taken over',
    crash: 'Uncaught exception',
    close: 'close() called',
  };
  const description = descriptions[trigger.kind];
  const reason = trigger.kind === 'request' ? trigger.reason : undefined;
  return reason === undefined ? description : `${description} (${plain(reason)})`;
}

function isTyped(trigger: ShutdownTrigger): boolean {
  return trigger.kind === 'signal' && trigger.typed;
}
