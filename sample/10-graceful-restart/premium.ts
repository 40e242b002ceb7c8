/** What changes from one release to the next. */
export const PREMIUM = 42;
