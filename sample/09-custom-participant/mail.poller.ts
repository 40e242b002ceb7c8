import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DrainParticipant, GracefulShutdownService } from 'nestjs-drain';

import { MailQueue } from './mail.queue.js';

const SEND_MS = Number(process.env.SEND_MS ?? 5000);

/** Takes mails from a queue and sends one after the other. The decorator is what makes it known. */
@Injectable()
@DrainParticipant()
export class MailPoller implements DrainParticipant, OnApplicationBootstrap {
  readonly name = 'mails';
  private readonly logger = new Logger(MailPoller.name);
  private received = 0;
  private polling = Promise.resolve();

  constructor(
    private readonly queue: MailQueue,
    private readonly shutdown: GracefulShutdownService,
  ) {}

  onApplicationBootstrap(): void {
    this.polling = this.poll(this.shutdown.intakeSignal);
  }

  /** How many mails the shutdown has to wait for. */
  active(): number {
    return this.received;
  }

  async drain(): Promise<void> {
    await this.polling;
  }

  /** @param stop - fires when the shutdown begins, and ends the wait for mails, too */
  private async poll(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      // Here it can fail for one reason only: that it is aborted.
      const mails = await this.queue.receive(stop).catch(() => []);
      this.received = mails.length;
      for (const mail of mails) {
        await (stop.aborted ? this.giveBack(mail) : this.send(mail));
        this.received -= 1;
      }
    }
  }

  private async send(mail: string): Promise<void> {
    this.logger.log(`Mail to ${mail}: begun`);
    await sleep(SEND_MS);
    await this.queue.delete(mail);
    this.logger.log(`Mail to ${mail}: sent`);
  }

  /** Not begun: another instance has it at once. */
  private async giveBack(mail: string): Promise<void> {
    await this.queue.giveBack(mail);
    this.logger.log(`Mail to ${mail}: given back`);
  }
}
