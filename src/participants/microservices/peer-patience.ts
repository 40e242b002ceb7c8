/**
 * How long the peers of a server that listens are waited for, once it is to stop.
 *
 * @internal
 */
export interface PeerPatience {
  /** TCP: how long a connection without a call must have been silent to be ended. */
  readonly silenceMs: number;
  /** TCP: how long one that never pauses is listened to. */
  readonly streamMs: number;
  /** gRPC: how long calls on the wire may take to arrive after the GOAWAY. */
  readonly lingerMs: number;
  /** Whether what waits to be accepted is left to another process on the same socket. */
  readonly leavesQueue: boolean;
  /** How long emptying the accept queue may take. */
  readonly acceptMs: number;
}
