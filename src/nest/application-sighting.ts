import { type ModulesContainer, NestApplicationContext } from '@nestjs/core';

/**
 * What is used of an application, of whichever kind. Beside `close` nothing of it is published,
 * therefore all is optional and looked for before use.
 *
 * @internal
 */
export interface NestInstance {
  readonly container?: { getModules?(): ModulesContainer };
  readonly config?: { getGlobalInterceptors?(): unknown[] };
  readonly appOptions?: Readonly<Record<string, unknown>>;
  close(signal?: string): Promise<void>;
}

/**
 * The methods that every application calls on itself before its first `onModuleInit`. An
 * application with a server (`NestApplication`, `NestMicroservice`) calls the first one in its
 * constructor, any other only the second one. The same names from 11.0.0 to 12.5.1.
 */
const SEAMS = ['selectContextModule', 'callInitHook'] as const;

type Seamed = NestInstance & { [Seam in (typeof SEAMS)[number]]?: (...args: unknown[]) => unknown };

const expected = new Map<ModulesContainer, (application: NestInstance) => void>();
let unpatch: (() => void) | undefined;

/**
 * A module cannot get at its application: no provider refers to it. So the application is caught
 * as it passes by, and recognised by its container. In a hybrid application several pass by; the
 * first one owns the HTTP server and the others.
 *
 * @returns what stops the waiting; the prototype is as before once nobody waits
 * @internal
 */
export function expectApplication(
  container: ModulesContainer,
  onSight: (application: NestInstance) => void,
): () => void {
  expected.set(container, onSight);
  unpatch ??= patch(NestApplicationContext.prototype as unknown as Seamed);
  return () => stopExpecting(container);
}

function stopExpecting(container: ModulesContainer): void {
  expected.delete(container);
  if (expected.size > 0) return;
  unpatch?.();
  unpatch = undefined;
}

function patch(prototype: Seamed): () => void {
  const restores = SEAMS.map((seam) => {
    const original = prototype[seam];
    if (typeof original !== 'function') return undefined;
    const replacement = function (this: Seamed, ...args: unknown[]): unknown {
      // Its new owner may have put a method of its own before this one.
      return sighted(this) ? this[seam]?.(...args) : original.apply(this, args);
    };
    if (!Reflect.set(prototype, seam, replacement)) return undefined;
    return () => {
      // Whoever patched it after us still calls us; restoring would take their patch away.
      if (prototype[seam] === replacement) prototype[seam] = original;
    };
  });
  return () => restores.forEach((restore) => restore?.());
}

function sighted(application: NestInstance): boolean {
  const container = application.container?.getModules?.();
  const onSight = container && expected.get(container);
  if (!onSight) return false;
  stopExpecting(container);
  onSight(application);
  return true;
}
