// Options that take several values: `--rules A B --events C D` beside the usual one value each.

/** Writes `--name A B` as `--name=A --name=B` for the names given, so that `parseArgs` reads it. */
export function spreadLists(args: readonly string[], names: readonly string[]): string[] {
  const out: string[] = []
  let list: string | undefined
  let taken = true
  for (const arg of args) {
    const isOption = arg.startsWith('-') && arg !== '-'
    if (list !== undefined && !isOption) {
      out.push(`--${list}=${arg}`)
      taken = true
      continue
    }
    if (list !== undefined && !taken) out.push(`--${list}`)
    list = isOption ? names.find((name) => arg === `--${name}`) : undefined
    taken = list === undefined
    if (list === undefined) out.push(arg)
  }
  if (list !== undefined && !taken) out.push(`--${list}`)
  return out
}
