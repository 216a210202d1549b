// What the kernel writes in the values of audit records: quoted text, text as hexadecimal where it holds
// blanks, quotes or control characters, and words.

/** Keys whose value may be text in hexadecimal. */
export const ENCODED: readonly string[] = [
  ...['acct', 'cmd', 'comm', 'cwd', 'data', 'dir', 'exe', 'file', 'grp', 'key', 'name', 'new'],
  ...['ocomm', 'old', 'path', 'proctitle', 'profile', 'sw', 'unit', 'vm', 'watch', 'root_dir'],
  ...['AUID', 'UID', 'GID', 'EUID', 'SUID', 'FSUID', 'EGID', 'SGID', 'FSGID', 'OUID', 'OGID', 'ID'],
  ...['dev', 'device', 'name_context', 'cgroup', 'new_group', 'new-disk', 'old-disk'],
]

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text of a value without quotes; `encoded`: it may be in hexadecimal. */
export function decodeAt(body: string, start: number, end: number, encoded: boolean): string {
  const value = body.slice(start, end)
  return encoded && isHex(body, start, end) ? (decodeHex(value) ?? value) : value
}

/** Pairs of hexadecimal digits. */
function isHex(body: string, start: number, end: number): boolean {
  if (end - start < 2 || (end - start) % 2 !== 0) return false
  for (let index = start; index < end; index++) {
    const code = body.charCodeAt(index)
    const letter = code | 0x20
    if (!((code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return false
  }
  return true
}

/** Text in hexadecimal, if that is what it is: the kernel encodes only what could not stand in quotes. */
function decodeHex(value: string): string | undefined {
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
