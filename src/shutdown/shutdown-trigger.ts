import { plain } from './plain-text.js';

/**
 * What asked for the shutdown. All but `close` end the process once the application is closed.
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
 * Whether somebody waits for the end of a shutdown. Nobody does where another process has taken over
 * the same sockets: idle peers may stay until they leave by themselves.
 *
 * @internal
 */
export function isAwaited(trigger: ShutdownTrigger): boolean {
  return trigger.kind !== 'restart';
}

/**
 * Nobody routes traffic to a process whose owner presses Ctrl-C, a crashed process is not to be
 * trusted for longer than its work in flight needs, a test that calls `close()` has no balancer, and
 * after a restart the balancer has nothing to notice.
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

/** What happened, as the first words of a log line. @internal */
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
