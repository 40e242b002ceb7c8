import { createReadStream } from 'node:fs';

import { tooLarge } from './command.errors.js';

/** Far more than a report needs. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/** @param source - a file, or `-` for standard input @internal */
export async function readText(source: string): Promise<string> {
  const stream = source === '-' ? process.stdin : createReadStream(source);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BYTES) throw tooLarge(source, LARGEST_BYTES);
    chunks.push(chunk);
  }
  return decoded(Buffer.concat(chunks));
}

/** PowerShell on Windows redirects output as UTF-16. */
function decoded(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}
