// Memory of one kernel: what the host puts there stays until the kernel is dropped.
import { instantiate, type KernelExports } from './instance.ts'
import { FREE } from './places.ts'
import { createWindow, type Window } from './window.ts'

const PAGE_BYTES = 65_536
/** What may be read behind anything. */
const SLACK_BYTES = 16
/** Added at once, so that not every small piece makes it grow. */
const GROWTH_BYTES = 1024 * 1024

export interface KernelMemory {
  readonly exports: KernelExports
  /** What of the caller's bytes is in it. */
  readonly window: Window
  /** All of it; others after something was added. */
  bytes: Uint8Array
  words: Int32Array
  /** Calls `look` now and whenever `bytes` and `words` are others. */
  watch(look: () => void): void
  /** Makes sure of so many bytes before they are taken. */
  reserve(size_bytes: number): void
  /** Room for so many bytes, zeros, at an address that 8 divides. */
  take(size_bytes: number): number
  /** Adds numbers of 32 bits; their address. */
  addWords(values: ArrayLike<number>): number
  addBytes(values: Uint8Array): number
  /** Adds ASCII texts, one behind the other; where they start. */
  addText(texts: readonly string[]): number
  /** Lets the kernel take what it needs from where memory is free; what `build` gives. */
  build(build: (free: number) => number): number
}

/** A kernel with memory of its own. */
export function createKernelMemory(): KernelMemory {
  const exports = instantiate()
  const { memory: own } = exports
  const watchers: (() => void)[] = []
  let free = FREE
  /** Memory that has grown is another buffer. */
  const look = (): void => {
    if (memory.bytes.buffer === own.buffer) return
    memory.bytes = new Uint8Array(own.buffer)
    memory.words = new Int32Array(own.buffer)
    for (const watcher of watchers) watcher()
  }
  const memory: KernelMemory = {
    exports,
    window: createWindow(),
    bytes: new Uint8Array(own.buffer),
    words: new Int32Array(own.buffer),
    watch(look) {
      watchers.push(look)
      look()
    },
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
      look()
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
    addText: (texts) => memory.addBytes(new TextEncoder().encode(texts.join(''))),
    build(build) {
      const built = build(free)
      free = exports.heapEnd()
      look()
      return built
    },
  }
  return memory
}
