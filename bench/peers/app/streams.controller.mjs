import { Readable } from 'node:stream';

import { Controller, Get, Sse, StreamableFile } from '@nestjs/common';
import { interval, map } from 'rxjs';

import { decorate } from './decorate.mjs';
import { tell } from './tell.mjs';

const PIECE = Buffer.alloc(64 * 1024, 'x');
const PIECES = 160;
const EVENT_EVERY_MS = 50;

export class StreamsController {
  /** Written as fast as it is read, without a length. */
  download() {
    tell('handling');
    return new StreamableFile(Readable.from(pieces()));
  }

  /** The same bytes, all at once, with their length: the handler is done long before the client. */
  exported() {
    tell('handling');
    const bytes = Buffer.concat([...pieces()]);
    return new StreamableFile(bytes, { length: bytes.length });
  }

  events() {
    tell('handling');
    return interval(EVENT_EVERY_MS).pipe(map((n) => ({ data: String(n) })));
  }
}
decorate(StreamsController, 'download', Get('download'));
decorate(StreamsController, 'exported', Get('export'));
decorate(StreamsController, 'events', Sse('events'));
Controller()(StreamsController);

function* pieces() {
  for (let i = 0; i < PIECES; i++) yield PIECE;
}
