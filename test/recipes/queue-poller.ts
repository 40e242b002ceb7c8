import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

import { DrainParticipant, GracefulShutdownService } from '../../src/index.js';

export interface Message {
  readonly body: string;
}

/** Of SQS: `ReceiveMessage`, `DeleteMessage`, and `ChangeMessageVisibility` to 0. */
export abstract class Queue {
  /** A long poll: answers when there are messages, or with none after a while. */
  abstract receive(signal: AbortSignal): Promise<readonly Message[]>;
  abstract delete(message: Message): Promise<void>;
  abstract giveBack(message: Message): Promise<void>;
}

/** What is done with a message. */
export abstract class MessageHandler {
  abstract handle(message: Message, deadline: AbortSignal): Promise<void>;
}

const RETRY_MS = 1000;

/** Asks a queue for messages, and handles one after the other. */
@Injectable()
@DrainParticipant()
export class QueuePoller implements DrainParticipant, OnApplicationBootstrap {
  readonly name = 'queue';
  private readonly logger = new Logger(QueuePoller.name);
  private received = 0;
  private polling = Promise.resolve();

  constructor(
    private readonly queue: Queue,
    private readonly handler: MessageHandler,
    private readonly shutdown: GracefulShutdownService,
  ) {}

  onApplicationBootstrap(): void {
    this.polling = this.poll(this.shutdown.intakeSignal);
  }

  active(): number {
    return this.received;
  }

  async drain(): Promise<void> {
    await this.polling;
  }

  /** @param stop - fires when the shutdown begins, and ends the wait of a long poll */
  private async poll(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const messages = await this.receive(stop);
      this.received = messages.length;
      for (const message of messages) {
        await (stop.aborted ? this.queue.giveBack(message) : this.handle(message)).catch(this.log);
        this.received -= 1;
      }
    }
  }

  private async receive(stop: AbortSignal): Promise<readonly Message[]> {
    try {
      return await this.queue.receive(stop);
    } catch (error) {
      if (stop.aborted) return [];
      this.log(error);
      await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => {});
      return [];
    }
  }

  /** What fails is not deleted, so the queue gives it to somebody once more. */
  private async handle(message: Message): Promise<void> {
    await this.handler.handle(message, this.shutdown.deadlineSignal);
    await this.queue.delete(message);
  }

  private readonly log = (error: unknown) => this.logger.error(error);
}
