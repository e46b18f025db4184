/** What the broker takes at most: said here too, so that nobody types in vain. */
export const LONGEST_REASON = 500;
