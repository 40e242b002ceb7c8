import { Controller, DefaultValuePipe, HttpCode, ParseIntPipe, Post, Query } from '@nestjs/common';

import { Thumbnails } from './thumbnails.js';

const THUMBNAIL_MS = 5000;
const ACCEPTED = 202;

@Controller('pictures')
export class PicturesController {
  constructor(private readonly thumbnails: Thumbnails) {}

  /** Answers at once; no connection waits for the thumbnail. */
  @Post()
  @HttpCode(ACCEPTED)
  upload(@Query('ms', new DefaultValuePipe(THUMBNAIL_MS), ParseIntPipe) ms: number): void {
    this.thumbnails.make(ms);
  }
}
