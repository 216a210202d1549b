/** Calls `visit` for every code point of the packed table and what it folds to. */
export function eachFoldPair(runs: string, visit: (code: number, target: number) => void): void {
  for (const run of runs.trim().split(/ +/)) {
    const [start = 0, count = 0, step = 0, delta = 0] = run.split(',').map((n) => parseInt(n, 36))
    for (let i = 0; i < count; i++) visit(start + i * step, start + i * step + delta)
  }
}
