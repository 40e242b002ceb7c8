/** A path that clients request. @internal */
export interface Target {
  readonly path: string;
  /** Its status before the signal. */
  readonly status?: number;
}

/** @internal */
export interface UploadTarget extends Target {
  readonly body: Buffer;
  readonly type: string;
}

/** The targets of a rehearsal. @internal */
export interface Targets {
  readonly gets: readonly Target[];
  /** The targets that did not answer in time. */
  readonly unanswered: readonly Target[];
  readonly uploads: readonly UploadTarget[];
  readonly webSockets: readonly Target[];
  readonly eventStreams: readonly Target[];
}
