/**
 * What is used of a schematic's tree of files. Not imported: `@angular-devkit/schematics` is the
 * CLI's, and with pnpm no other package can resolve it.
 *
 * @internal
 */
export interface Tree {
  exists(path: string): boolean;
  readText(path: string): string;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
}

/** What is used of a schematic's context. @internal */
export interface SchematicContext {
  readonly logger: { info(text: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}
