// What is no log, by the first bytes: named, so that nobody takes rubbish for events.

const FOREIGN: readonly (readonly [name: string, start: string])[] = [
  ['bzip2', 'BZh'],
  ['xz', '\u00fd7zXZ\0'],
  ['lz4', '\u0004"M\u0018'],
  ['7z', "7z\u00bc\u00af'\u001c"],
  ['rar', 'Rar!\u001a\u0007'],
  ['compress', '\u001f\u009d'],
  ['lzip', 'LZIP'],
  ['snappy', '\u00ff\u0006\0\0sNaPpY'],
]

/** Looked at to tell binaries from text, bytes. */
const HEAD_BYTES = 512
const HEAD_BYTES_MIN = 32
/** Of so many bytes of text at most one is a control character. */
const CONTROL_RATIO = 32

/** The compression or archive that a file is of and that is not read here. */
export function foreignCompression(head: Uint8Array): string | undefined {
  return FOREIGN.find(([, start]) => startsWith(head, start))?.[0]
}

function startsWith(head: Uint8Array, start: string): boolean {
  for (let at = 0; at < start.length; at++) if (head[at] !== start.charCodeAt(at)) return false
  return true
}

/** Whether nothing but NULs stands at the start. */
export function isZeroed(head: Uint8Array): boolean {
  return head.subarray(0, HEAD_BYTES).every((byte) => byte === 0)
}

/** Whether bytes in no known encoding are no text: NULs, or control characters in what is no UTF-8 either. */
export function isBinary(head: Uint8Array): boolean {
  const start = head.subarray(0, HEAD_BYTES)
  if (start.length < HEAD_BYTES_MIN) return false
  const most = start.length / CONTROL_RATIO
  if (start.filter((byte) => byte === 0).length > most) return true
  return start.filter(isControl).length > most && !isUtf8(start)
}

/** Tabs, line ends, form feeds and escapes stand in logs. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b
}

function isUtf8(bytes: Uint8Array): boolean {
  // The last character may be cut.
  const text = new TextDecoder().decode(bytes, { stream: true })
  return !text.includes('\ufffd')
}
