import { Readable } from 'node:stream';

import { Controller, Get, Logger, StreamableFile } from '@nestjs/common';

import { SalesRepository } from './sales.repository.js';

@Controller('reports')
export class ReportsController {
  private readonly logger = new Logger(ReportsController.name);

  constructor(private readonly sales: SalesRepository) {}

  /** Returns at once; the download goes on for seconds after the handler is done. */
  @Get('sales.csv')
  download(): StreamableFile {
    this.logger.log('Download begun');
    return new StreamableFile(Readable.from(this.csv()), {
      type: 'text/csv',
      disposition: 'attachment; filename="sales.csv"',
    });
  }

  private async *csv(): AsyncGenerator<string> {
    let total = 0;
    for await (const { day, amount } of this.sales.all()) {
      if (total === 0) yield 'day,amount\n';
      total += amount;
      yield `${day},${amount}\n`;
    }
    yield `total,${total}\n`;
    this.logger.log('Download complete');
  }
}
