import { createInterface } from 'node:readline';

/** Calls back with each line of a stream, until it ends. */
export function eachLine(stream, read) {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', read);
}
