// The server's own key: from TRAPLINE_KEY, or a file in the data folder made at first start. Keys for
// single purposes are derived from it.
import { hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const KEY_BYTES = 32

/** The key of a data folder, 32 bytes. Makes `key` (readable by its owner only) when there is none. */
export function loadServerKey(folder: string, given: string | undefined): Uint8Array {
  if (given !== undefined) return Buffer.from(given, 'hex')
  const path = join(folder, 'key')
  try {
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
  if (key.length !== KEY_BYTES) throw new Error(`${path} is damaged: it must hold 64 hex digits`)
  return key
}

/** A key for one purpose; other purposes' keys say nothing about it. */
export function deriveKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `trapline ${purpose}`, KEY_BYTES))
}
