/**
 * The part of a schematic's file tree that is used here. It is not imported, because
 * `@angular-devkit/schematics` is a dependency of the CLI, and pnpm hides it from other packages.
 *
 * @internal
 */
export interface Tree {
  exists(path: string): boolean;
  readText(path: string): string;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
}

/** The part of a schematic's context that is used here. @internal */
export interface SchematicContext {
  readonly logger: { info(text: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}
