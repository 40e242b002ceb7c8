import type { OnApplicationBootstrap } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { type ModuleClasses, unknownConsumersIn } from './consumer-libraries.js';

interface Warnings {
  unknownConsumer(library: string): void;
}

/**
 * Warns about libraries whose consumers nothing stops. An application with participants of its own
 * gets no warning, because they may stop these consumers.
 *
 * @internal
 */
export class UnknownConsumers implements OnApplicationBootstrap {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly sequence: Pick<ShutdownSequence, 'hasOwnParticipants'>,
    private readonly warnings: Warnings,
  ) {}

  onApplicationBootstrap(): void {
    if (this.sequence.hasOwnParticipants) return;
    for (const library of unknownConsumersIn(classesOf(this.modules))) {
      this.warnings.unknownConsumer(library);
    }
  }
}

function classesOf(modules: ModulesContainer): ModuleClasses[] {
  return [...modules.values()].map(({ metatype, providers }) => ({
    module: metatype.name,
    providers: [...providers.keys()].filter((token) => typeof token === 'function'),
  }));
}
