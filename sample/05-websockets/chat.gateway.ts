import { setTimeout as sleep } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';

import { MessagesRepository } from './messages.repository.js';

const MODERATION_MS = 1000;

@WebSocketGateway({ path: '/chat' })
export class ChatGateway {
  private readonly logger = new Logger(ChatGateway.name);

  constructor(private readonly messages: MessagesRepository) {}

  /** Slow: a moderator reads it first. Needs the database afterwards. */
  @SubscribeMessage('say')
  async say(@MessageBody() text: string): Promise<WsResponse<string>> {
    this.logger.log(`"${text}" is being read`);
    await sleep(MODERATION_MS);
    const number = this.messages.add(text);
    this.logger.log(`"${text}" is stored`);
    return { event: 'stored', data: `"${text}" is message ${number} of process ${process.pid}` };
  }
}
