import { UsageError } from '../command.ts'

/** A file that cannot be read as asked: its name, and why. */
export class InputError extends UsageError {
  readonly path: string

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path}: ${reason}`, options)
    this.path = path
  }
}
