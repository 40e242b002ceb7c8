interface Layer {
  readonly route?: {
    readonly path?: unknown;
    readonly methods?: Readonly<Record<string, unknown>>;
  };
}

/** The part of Express 5 that is used here. */
interface Express {
  readonly router?: { readonly stack?: readonly Layer[] };
}

/** The paths with a GET handler, as they were registered. @internal */
export function expressGetPaths(framework: unknown): string[] {
  const { router } = (framework ?? {}) as Express;
  return (router?.stack ?? []).flatMap(({ route }) => {
    if (route?.methods?.['get'] !== true) return [];
    return [route.path].flat().filter((path) => typeof path === 'string');
  });
}
