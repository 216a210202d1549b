import { UsageError } from '../command.ts'

/** A file that cannot be read as asked: its name, and why. */
export class InputError extends UsageError {
  readonly path: string
  /** Whether nothing more of the file is read, whatever other members it has. */
  readonly isFinal: boolean

  constructor(
    path: string,
    reason: string,
    options?: ErrorOptions & { readonly isFinal?: boolean },
  ) {
    super(`${path}: ${reason}`, options)
    this.path = path
    this.isFinal = options?.isFinal ?? false
  }
}

/** Tells of a member that cannot be read, so that the others follow; throws what ends the whole file, what is no
 * `InputError`, and everything where nobody hears of it. */
export function tellFailure(
  error: unknown,
  onFailure: ((error: InputError) => void) | undefined,
): void {
  if (!(error instanceof InputError) || error.isFinal || onFailure === undefined) throw error
  onFailure(error)
}
