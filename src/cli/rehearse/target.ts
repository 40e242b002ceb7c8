/** What clients ask for. @internal */
export interface Target {
  readonly path: string;
  /** What it answered before the signal. */
  readonly status?: number;
}

/** @internal */
export interface UploadTarget extends Target {
  readonly body: Buffer;
  readonly type: string;
}

/** What a rehearsal asks for. @internal */
export interface Targets {
  readonly gets: readonly Target[];
  /** Those that did not answer in time. */
  readonly unanswered: readonly Target[];
  readonly uploads: readonly UploadTarget[];
  readonly webSockets: readonly Target[];
  readonly eventStreams: readonly Target[];
}
