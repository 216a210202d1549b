// Standard output of commands that print much: buffered, and quiet when its reader has gone.
import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'

const STDOUT = 1

const BUFFER_BYTES = 256 * 1024
/** A text of so many UTF-16 units is at most so many bytes. */
const BYTES_A_UNIT = 3

export interface Output {
  write(text: string): void
  /** Writes text that was encoded before. */
  writeBytes(bytes: Uint8Array): void
  /** Writes the digits of a whole number from 0. */
  writeIndex(index: number): void
  /** Writes what is buffered. Resolves false when nobody reads any more. */
  flush(): Promise<boolean>
  readonly isFull: boolean
}

const DIGIT_ZERO = 0x30
const INDEX_DIGITS_MAX = 16

/** A buffer before standard output. */
export function bufferedOutput(): Output {
  let buffer: Buffer = Buffer.allocUnsafe(BUFFER_BYTES * 2)
  /** Takes what comes while the other one is written. */
  let spare: Buffer | undefined
  let used = 0
  let isOpen = true
  const neverWaits = isFileLike(STDOUT)
  const makeRoom = (bytes: number): void => {
    if (used + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + bytes))
    larger.set(buffer.subarray(0, used))
    buffer = larger
  }
  return {
    write(text) {
      makeRoom(text.length * BYTES_A_UNIT)
      used += buffer.write(text, used)
    },
    writeBytes(bytes) {
      makeRoom(bytes.length)
      buffer.set(bytes, used)
      used += bytes.length
    },
    writeIndex(index) {
      makeRoom(INDEX_DIGITS_MAX)
      let end = used + 1
      for (let rest = index; rest > 9; rest = Math.floor(rest / 10)) end++
      used = end
      for (let rest = index; end > 0; rest = Math.floor(rest / 10)) {
        buffer[--end] = DIGIT_ZERO + (rest % 10)
        if (rest < 10) break
      }
    },
    get isFull() {
      return used >= BUFFER_BYTES
    },
    async flush() {
      if (used === 0 || !isOpen) return isOpen
      const full = buffer
      const bytes = full.subarray(0, used)
      used = 0
      if (neverWaits) {
        for (let at = 0; at < bytes.length; ) at += writeSync(STDOUT, bytes, at)
        return true
      }
      buffer = spare ?? Buffer.allocUnsafe(BUFFER_BYTES * 2)
      spare = undefined
      try {
        await Bun.write(Bun.stdout, bytes)
        spare = full
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
        isOpen = false
      }
      return isOpen
    },
  }
}

/** Whether a descriptor is a file or a device such as /dev/null: nobody reads at the other end who may be slow or go. */
function isFileLike(descriptor: number): boolean {
  const stats = fstatSync(descriptor)
  return stats.isFile() || (stats.isCharacterDevice() && !isatty(descriptor))
}
