/**
 * A token for something without a class. It is a string, so that it survives two copies of the
 * package; the type behind it exists for the compiler only.
 *
 * @internal
 */
export type Token<T> = string & { readonly standsFor: () => T };

/** @internal */
export function token<T>(name: string): Token<T> {
  return name as Token<T>;
}

/** What a provider may inject, and what may be provided. @internal */
export type Injectable<T = any> = Token<T> | (abstract new (...args: never[]) => T);

/** The types behind a list of tokens. @internal */
export type Values<Tokens extends readonly Injectable[]> = {
  -readonly [I in keyof Tokens]: ValueOf<Tokens[I]>;
};

type ValueOf<I> =
  I extends Token<infer T> ? T : I extends abstract new (...args: never[]) => infer T ? T : never;
