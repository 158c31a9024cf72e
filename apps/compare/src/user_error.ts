/** The user asked for something that cannot be: one sentence that says what was expected. Exit code 2, nothing written. */
export class UserError extends Error {}
