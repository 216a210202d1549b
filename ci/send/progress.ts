// The progress line of a long run, on terminals only.

export interface Progress {
  readonly read: (bytes: number) => void
  readonly sent: (events: number) => void
  readonly wait: (pause_ms: number, reason: string) => void
  /** Says something above the line. */
  readonly note: (message: string) => void
  readonly end: () => void
}

const BAR_WIDTH = 24
const REDRAW_MS = 100
/** To the start of the line, which is emptied. */
const CLEAR = '\r\x1b[K'

/** Progress of reading `file`; without a size there is no bar, only counts. */
export function createProgress(file: string, size: number | undefined): Progress {
  const name = printable(file)
  const terminal = process.stderr.isTTY === true
  const started = performance.now()
  let bytes = 0
  let events = 0
  let drawn = 0

  function draw(): void {
    const now = performance.now()
    if (!terminal || now - drawn < REDRAW_MS) return
    drawn = now
    put(progressLine({ name, size, bytes, events, took_ms: now - started }))
  }

  function put(text: string): void {
    process.stderr.write(`${CLEAR}${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }

  return {
    read(count) {
      bytes += count
      draw()
    },
    sent(count) {
      events += count
      draw()
    },
    wait(pause_ms, reason) {
      const note = `next try in ${(pause_ms / 1000).toFixed(1)} s: ${printable(reason)}`
      if (terminal) put(note)
      else process.stderr.write(`${name}: ${note}\n`)
    },
    note(message) {
      process.stderr.write(`${terminal ? CLEAR : ''}${printable(message)}\n`)
    },
    end() {
      if (terminal) process.stderr.write(CLEAR)
    },
  }
}

/** Text without what would move a terminal's cursor. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}

/** `[####----] 50% auth.log 1,000 events 500/s 2 s left`. */
export function progressLine(at: {
  readonly name: string
  readonly size: number | undefined
  readonly bytes: number
  readonly events: number
  readonly took_ms: number
}): string {
  const rate = Math.round(at.events / Math.max(at.took_ms / 1000, 0.001))
  const counts = `${at.events.toLocaleString('en')} events ${rate.toLocaleString('en')}/s`
  if (at.size === undefined || at.size === 0) return `${at.name} ${counts}`
  const share = Math.min(at.bytes / at.size, 1)
  const filled = Math.round(share * BAR_WIDTH)
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled)
  const left_s = share === 0 ? undefined : ((at.took_ms / share) * (1 - share)) / 1000
  const left = left_s === undefined ? '' : ` ${Math.ceil(left_s)} s left`
  return `[${bar}] ${Math.floor(share * 100)}% ${at.name} ${counts}${left}`
}
