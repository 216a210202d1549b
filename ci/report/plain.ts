// Text of rules, tests and commits for terminals and logs of CI, which obey control characters and, at the
// start of a line, workflow commands.

/** On one line, without control characters. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}

/** As many lines as it has, without other control characters. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '')
}
