// `%name%` in the text of a value, before its wildcards are read. A backslash is no escape here: one before a
// placeholder is a backslash, as in `C:\\Users\\%name%`. A name holds no percent sign, backslash or wildcard; any other
// percent sign is itself.
const PLACEHOLDER = /%([^%\\*?]+)%/
const PLACEHOLDERS = new RegExp(PLACEHOLDER, 'g')

/** The first placeholder of a text: `[0]` with its percent signs, `[1]` its name; null where there is none. */
export function findPlaceholder(text: string): RegExpExecArray | null {
  return PLACEHOLDER.exec(text)
}

/** Names of a text's placeholders, in order. */
export function placeholderNames(text: string): string[] {
  return [...text.matchAll(PLACEHOLDERS)].map((match) => match[1]!)
}

/** A text that something is put behind: a last backslash stays one, whatever follows. */
export function beforeValue(text: string): string {
  const backslashes = /\\*$/.exec(text)![0].length
  return backslashes % 2 === 0 ? text : `${text}\\`
}
