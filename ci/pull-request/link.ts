// Addresses that stand in a comment.
import { UsageError } from '../command.ts'

/** A server's address without credentials, query or slash at its end. Throws `UsageError` for what is none. */
export function webAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new UsageError(`--link: ${text} is no web address`)
  const { origin, pathname } = new URL(text)
  return `${origin}${pathname.replace(/\/$/, '')}`
}
