// Text of logs, rules and people in a comment: shown as it is, never as markup, link or mention.

/** Characters of one value that a comment shows. */
export const VALUE_CHARACTERS_MAX = 300

/** Text that GitHub renders as itself; nobody is notified and nothing is linked. */
export function plain(text: string): string {
  // Mentions and references are found in what is rendered, so an entity alone does not stop them.
  return entities(text).replace(/&#(64|35);/g, '&#$1;&#8288;')
}

/** The same in a fixed-width face. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${entities(text)}</code>`
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu

function entities(text: string): string {
  const flat = text.replace(INVISIBLE, ' ').trim()
  const shown =
    flat.length > VALUE_CHARACTERS_MAX ? `${flat.slice(0, VALUE_CHARACTERS_MAX - 1)}…` : flat
  return shown
    .toWellFormed()
    .replace(/[!#$&()*+:<=>@[\\\]^_`{|}~]|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`)
}

/** A table of ready Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
