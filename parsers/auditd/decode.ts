// What the kernel writes in the values of audit records: quoted text, text as hexadecimal where it holds
// blanks, quotes or control characters, and words.

/** Keys whose value may be text in hexadecimal. */
const ENCODED: ReadonlySet<string> = new Set([
  ...['acct', 'cmd', 'comm', 'cwd', 'data', 'dir', 'exe', 'file', 'grp', 'key', 'name', 'new'],
  ...['ocomm', 'old', 'path', 'proctitle', 'profile', 'sw', 'unit', 'vm', 'watch', 'root_dir'],
  ...['dev', 'device', 'name_context', 'cgroup', 'new_group', 'new-disk', 'old-disk', 'id'],
])

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text of a value; `argument`: it is one of a program's arguments. */
export function decodeValue(key: string, value: string, argument = false): string {
  if (value.charCodeAt(0) === 0x22) {
    return value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value.slice(1)
  }
  if (!argument && !ENCODED.has(key)) return value
  return decodeHex(value) ?? value
}

/** Text in hexadecimal, if that is what it is: the kernel encodes only what could not stand in quotes. */
function decodeHex(value: string): string | undefined {
  if (value.length < 2 || value.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(value)) return undefined
  const bytes = Buffer.from(value, 'hex')
  const needed = bytes.some((byte) => byte <= 0x20 || byte === 0x22 || byte >= 0x7f)
  if (!needed) return undefined
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** The arguments of a process title or a command are parted by NUL. */
export function spaced(text: string): string {
  return text.replace(/\0+$/, '').replaceAll('\0', ' ')
}
