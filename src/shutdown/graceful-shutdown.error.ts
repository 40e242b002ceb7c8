const BRAND = Symbol.for('nestjs-drain.error');

/**
 * The base class of all errors of this package, each with a stable `code`. `instanceof` also holds
 * across two installed copies.
 *
 * @publicApi
 */
export class GracefulShutdownError extends Error {
  /** Always `GracefulShutdownError`. */
  override readonly name: string = 'GracefulShutdownError';

  /**
   * @param code - a stable code, such as `ERR_SHUTDOWN_INVALID_OPTIONS`
   * @param message - what happened and what to do
   */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for errors of another copy of this package, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== GracefulShutdownError)
      return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
