// `%name%` in the text of a value, before its wildcards are read: `\\` is a backslash, so `\\%name%` is one before a
// placeholder, and `\%` a percent sign.
const EVEN_BACKSLASHES = String.raw`(?<=(?<!\\)(?:\\\\)*)`
const PLACEHOLDER = new RegExp(`${EVEN_BACKSLASHES}%([^%]+)%`)
const PLACEHOLDERS = new RegExp(PLACEHOLDER, 'g')
const ESCAPED_PERCENT = new RegExp(`${EVEN_BACKSLASHES}\\\\%`, 'g')

/** The first placeholder of a text: `[0]` with its percent signs, `[1]` its name; null where there is none. */
export function findPlaceholder(text: string): RegExpExecArray | null {
  return PLACEHOLDER.exec(text)
}

/** Names of a text's placeholders, in order. */
export function placeholderNames(text: string): string[] {
  return [...text.matchAll(PLACEHOLDERS)].map((match) => match[1]!)
}

/** The text with `\%` as the percent sign that it stands for. */
export function unescapePercents(text: string): string {
  return text.replaceAll(ESCAPED_PERCENT, '%')
}
