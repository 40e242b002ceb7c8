/**
 * A decorator whose handlers a library calls without awaiting them: how to find them, and what the
 * log calls them.
 *
 * @example
 * ```ts
 * const OnDomainEvent = DiscoveryService.createDecorator<string>();
 *
 * GracefulShutdownModule.forRoot({
 *   trackHandlers: [{ name: 'domain event', metadata: OnDomainEvent.KEY }],
 * });
 * ```
 *
 * @publicApi
 */
export interface HandlerRow {
  /**
   * The prefix of their names in the log and the report: `event` makes `event MailService.welcome`.
   */
  readonly name: string;
  /** The key of the metadata that their decorator writes: on the method, or on its class. */
  readonly metadata: string | symbol;
  /** The names of the handler methods, if the decorator marks the class. */
  readonly methods?: readonly string[];
}

/** The handlers of Nest's own libraries. @internal */
export const HANDLER_ROWS: readonly HandlerRow[] = [
  // @nestjs/event-emitter
  { name: 'event', metadata: 'EVENT_LISTENER_METADATA' },
  // @nestjs/cqrs. A saga's command has no other caller; the caller awaits all others itself.
  { name: 'event', metadata: '__eventsHandler__', methods: ['handle'] },
  { name: 'command', metadata: '__commandHandler__', methods: ['execute'] },
  // @nestjs/websockets
  {
    name: 'ws',
    metadata: 'websockets:is_gateway',
    methods: ['handleConnection', 'handleDisconnect'],
  },
  // @nestjs/bullmq
  { name: 'worker event', metadata: 'bullmq:worker_events_metadata' },
  { name: 'queue event', metadata: 'bullmq:queue_events_metadata' },
  // @nestjs/bull
  { name: 'queue event', metadata: 'bull:module_on_queue_event' },
];
