/** Something is wrong with a litmus program. The message is one sentence: where, what was expected, what was found. */
export class LitmusError extends Error {}
