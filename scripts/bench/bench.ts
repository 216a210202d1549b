// `bun run bench NAME`: the benchmarks. Figures go to standard output; `--json` prints one object.
import { UsageError } from '../../ci/command.ts'

/** A benchmark's module. */
export interface Bench {
  readonly summary: string
  readonly usage: string
  run(args: readonly string[]): Promise<void>
}

export type BenchName =
  | 'compile'
  | 'content'
  | 'correlations'
  | 'engine'
  | 'engines'
  | 'ingest'
  | 'pages'
  | 'parsers'
  | 'scale'
  | 'search'
  | 'sigma'

export const BENCHES = {
  compile: () => import('./compile.ts'),
  content: () => import('./content.ts'),
  correlations: () => import('./correlations.ts'),
  engine: () => import('./engine.ts'),
  engines: () => import('./engines.ts'),
  ingest: () => import('./ingest.ts'),
  pages: () => import('./pages.ts'),
  parsers: () => import('./parsers.ts'),
  scale: () => import('./scale.ts'),
  search: () => import('./search.ts'),
  sigma: () => import('./sigma.ts'),
} as const satisfies Record<BenchName, () => Promise<Bench>>

async function usage(): Promise<string> {
  const lines: string[] = ['usage: bun run bench NAME ARGS...', '']
  for (const [name, load] of Object.entries(BENCHES)) {
    lines.push(`  ${name.padEnd(13)}${(await load()).summary}`)
  }
  return lines.join('\n')
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || !Object.hasOwn(BENCHES, name)) {
    console.error(await usage())
    return name === undefined ? 0 : 3
  }
  const bench = await BENCHES[name as BenchName]()
  if (rest.includes('--help')) {
    console.log(`${bench.summary}\n\nusage: ${bench.usage}`)
    return 0
  }
  try {
    await bench.run(rest)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`bench ${name}: ${error.message}`)
    return 3
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
