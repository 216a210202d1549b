// Memory of one kernel: what the host puts there stays until the kernel is dropped.
import { instantiate, type KernelExports } from './instance.ts'

const PAGE_BYTES = 65_536
/** What may be read behind anything. */
const SLACK_BYTES = 16
/** Added at once, so that not every small piece makes it grow. */
const GROWTH_BYTES = 1024 * 1024

export interface KernelMemory {
  readonly exports: KernelExports
  /** All of it; others after something was added. */
  bytes: Uint8Array
  words: Int32Array
  /** Makes sure of so many bytes before they are taken. */
  reserve(size_bytes: number): void
  /** Room for so many bytes, zeros, at an address that 8 divides. */
  take(size_bytes: number): number
  /** Adds numbers of 32 bits; their address. */
  addWords(values: ArrayLike<number>): number
  addBytes(values: Uint8Array): number
  /** Adds ASCII texts; the address of their starts and lengths, two words each. */
  addTexts(texts: readonly string[]): number
}

/** A kernel with memory of its own; addresses from `start` on are free. */
export function createKernelMemory(start: number): KernelMemory {
  const exports = instantiate()
  const { memory: own } = exports
  let free = start
  const memory: KernelMemory = {
    exports,
    bytes: new Uint8Array(own.buffer),
    words: new Int32Array(own.buffer),
    take(size_bytes) {
      const at = free
      free += (size_bytes + SLACK_BYTES + 7) & ~7
      if (free > own.buffer.byteLength) memory.reserve(GROWTH_BYTES)
      return at
    },
    reserve(size_bytes) {
      const missing = free + size_bytes - own.buffer.byteLength
      if (missing <= 0) return
      own.grow(Math.ceil(missing / PAGE_BYTES))
      memory.bytes = new Uint8Array(own.buffer)
      memory.words = new Int32Array(own.buffer)
    },
    addWords(values) {
      const at = memory.take(values.length * Int32Array.BYTES_PER_ELEMENT)
      memory.words.set(values, at >> 2)
      return at
    },
    addBytes(values) {
      const at = memory.take(values.length)
      memory.bytes.set(values, at)
      return at
    },
    addTexts(texts) {
      const at = memory.addBytes(new TextEncoder().encode(texts.join('')))
      const spans = new Int32Array(texts.length * 2)
      let next = at
      for (const [i, { length }] of texts.entries()) {
        spans[2 * i] = next
        spans[2 * i + 1] = length
        next += length
      }
      return memory.addWords(spans)
    },
  }
  return memory
}
