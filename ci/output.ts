// Standard output of commands that print much: buffered, and quiet when its reader has gone.

const BUFFER_UNITS = 256 * 1024

export interface Output {
  write(text: string): void
  /** Writes what is buffered. Resolves false when nobody reads any more. */
  flush(): Promise<boolean>
  readonly isFull: boolean
}

/** A buffer before standard output. */
export function bufferedOutput(): Output {
  let parts: string[] = []
  let units = 0
  let isOpen = true
  return {
    write(text) {
      parts.push(text)
      units += text.length
    },
    get isFull() {
      return units >= BUFFER_UNITS
    },
    async flush() {
      if (units === 0 || !isOpen) return isOpen
      const text = parts.join('')
      parts = []
      units = 0
      try {
        await Bun.write(Bun.stdout, text)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
        isOpen = false
      }
      return isOpen
    },
  }
}
