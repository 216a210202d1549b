// What any program logs through PAM, by the forms in which the module's name stands in front of its text.

/** The text behind a module's name, and what stood in front of it. */
export interface PamMessage {
  readonly message: string
  readonly values: Readonly<Record<string, string>>
}

const NAMED = /^(pam_\w{1,32})\(([^\s:()]{1,64})(?::([^\s()]{0,64}))?[^()]{0,64}\): /
const OLDER = /^(?:\((pam_\w{1,32})\)|(pam_\w{1,32}):) /
/** Both forms end within this, UTF-16 units. */
const HEAD_UNITS = 256
const TYPES: ReadonlySet<string> = new Set(['auth', 'account', 'session', 'chauthtok', 'setcred'])

/** `pam_unix(sshd:auth): text`. */
function namedModule(message: string): PamMessage | undefined {
  if (!message.startsWith('pam_')) return undefined
  const found = NAMED.exec(message.slice(0, HEAD_UNITS))
  if (found === null) return undefined
  const [head, name = '', service = '', type = ''] = found
  const values = { pam_module: name, pam_service: service, pam_type: type }
  return { message: message.slice(head.length), values }
}

/** `(pam_unix) text`, `pam_unix: text`. */
function olderModule(message: string): PamMessage | undefined {
  const found = OLDER.exec(message.slice(0, 48))
  const name = found?.[1] ?? found?.[2]
  if (found === null || name === undefined) return undefined
  return { message: message.slice(found[0].length), values: { pam_module: name } }
}

/** A module's text; undefined for any other message. */
export function pamMessage(message: string): PamMessage | undefined {
  const more = message.startsWith('PAM ') ? message.indexOf('authentication failure') : -1
  if (more > 0) {
    const text = message.slice(more).replace('failures;', 'failure;')
    return { message: text, values: {} }
  }
  return namedModule(message) ?? olderModule(message)
}

/** The service that a module names: `sshd` of `pam_unix(sshd:auth): text`. */
export function pamService(message: string): string | undefined {
  return namedModule(message)?.values.pam_service
}

/** Whether a message surely went through PAM, whatever program wrote it. */
export function isPamMessage(message: string): boolean {
  if (message.startsWith('(pam_unix) ')) return true
  const type = namedModule(message)?.values.pam_type
  return type !== undefined && TYPES.has(type)
}
