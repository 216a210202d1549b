// Work that is due every so often, run when someone has a moment.

export interface Chore {
  readonly every_ms: number
  run(): void
}

export interface Chores {
  /** Runs what is due, each once. */
  runDue(): void
}

/** Each chore is due for the first time after its interval. `now`: milliseconds of any clock. */
export function createChores(chores: readonly Chore[], now = () => performance.now()): Chores {
  const last = chores.map(now)
  return {
    runDue: () => {
      chores.forEach((chore, n) => {
        if (now() - last[n]! < chore.every_ms) return
        last[n] = now()
        chore.run()
      })
    },
  }
}
