// A count on the last line of a terminal while a command works.

const SHOWN_EVERY_MS = 100

export interface Count {
  add(count: number): void
  end(): void
}

/** Counts `what` where standard error is a terminal, nowhere else. */
export function startCount(what: string, of?: number): Count {
  let count = 0
  let shown = 0
  const isShown = process.stderr.isTTY === true
  const total = of === undefined ? '' : ` of ${of}`
  return {
    add: (more) => {
      count += more
      if (!isShown || Date.now() - shown < SHOWN_EVERY_MS) return
      shown = Date.now()
      process.stderr.write(`\r\x1b[K${count}${total} ${what}`)
    },
    end: () => void (isShown && process.stderr.write('\r\x1b[K')),
  }
}
