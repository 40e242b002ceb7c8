const FIN_AND_CLOSE = 0x88;

/**
 * A server's close frame: unmasked, with a code and no reason (RFC 6455, 5.5.1).
 *
 * @internal
 */
export function closeFrame(code: number): Buffer {
  return Buffer.from([FIN_AND_CLOSE, 2, code >> 8, code & 0xff]);
}
