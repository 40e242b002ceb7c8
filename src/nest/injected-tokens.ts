import 'reflect-metadata';

/**
 * The tokens that Nest injects into a class: by type, by `@Inject()` in the constructor, on
 * properties.
 *
 * @internal
 */
export function injectedTokens(metatype: object): unknown[] {
  const declared = metadata('self:paramtypes', metatype) as { readonly param?: unknown }[];
  const properties = metadata('self:properties_metadata', metatype) as {
    readonly type?: unknown;
  }[];
  return [
    ...metadata('design:paramtypes', metatype),
    ...declared.map(({ param }) => param),
    ...properties.map(({ type }) => type),
  ];
}

function metadata(key: string, metatype: object): unknown[] {
  return (Reflect.getMetadata(key, metatype) as unknown[] | undefined) ?? [];
}
