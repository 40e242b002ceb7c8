import { setTimeout as sleep } from 'node:timers/promises';

import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';

import { decorate, decorateParameters } from './decorate.mjs';
import { tell } from './tell.mjs';

export class ChatGateway {
  async slow(ms) {
    tell('handling');
    await sleep(ms);
    return { event: 'reply', data: 'done' };
  }
}
decorate(ChatGateway, 'slow', SubscribeMessage('slow'));
decorateParameters(ChatGateway, 'slow', MessageBody());
WebSocketGateway({ path: '/chat' })(ChatGateway);
