import { Duplex } from 'node:stream';

/**
 * One end of a connection inside this process, for a server that does not listen yet. It has as
 * much of a socket as servers and applications use.
 *
 * @internal
 */
export class InMemorySocket extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 0;
  readonly remoteFamily = 'IPv4';
  bytesRead = 0;
  bytesWritten = 0;
  #peer: InMemorySocket | undefined;
  #resume = () => {};

  /** @returns the two ends of a connection */
  static pair(): [InMemorySocket, InMemorySocket] {
    const [a, b] = [new InMemorySocket(), new InMemorySocket()];
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  override _read(): void {
    const resume = this.#resume;
    this.#resume = () => {};
    resume();
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.bytesWritten += chunk.length;
    const peer = this.#peer;
    if (peer === undefined || peer.#receive(chunk)) callback();
    else peer.#resume = callback;
  }

  override _final(callback: () => void): void {
    this.#peer?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const peer = this.#peer;
    this.#peer = undefined;
    // Data written before a regular end can still be read.
    if (!this.writableFinished) process.nextTick(() => peer?.destroy());
    callback(error);
  }

  /** @returns whether it can take more */
  #receive(chunk: Buffer): boolean {
    this.bytesRead += chunk.length;
    return this.push(chunk);
  }
}
