// What a command is, and what its exit codes mean.

/** One command. Its module exports these three by name; whatever is heavy is imported inside `run`. */
export interface Command {
  /** One line for `trapline help`. */
  readonly summary: string
  /** What `trapline help NAME` prints: the call and its options, without a trailing newline. */
  readonly usage: string
  /** Does the work and resolves with an exit code. Rejects `UsageError` for a wrong call. */
  run(args: readonly string[]): Promise<number>
}

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** Something was found: a failing test, a changed file, a lint finding. */
  findings: 1,
  /** A rule, hunt or test file cannot be used. */
  badRule: 2,
  /** Wrong arguments, settings or files. */
  badConfiguration: 3,
} as const

/** A wrong call or setting: printed without a stack, exit code 3. */
export class UsageError extends Error {}
