// What loading all rules costs: from YAML text to a matcher, without a cache and with one, each in a process of its own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { readRuleFolder } from '../../ci/rule-files.ts'
import { createMatcher } from '../../sigma/eval/matcher.ts'
// The time begins with the paths: what reads YAML is in memory, as all other code is.
import '../../sigma/load.ts'
import { RULE_SETS, SIGMAHQ } from './corpus.ts'

export const summary = 'all SigmaHQ rules from YAML text to a matcher: cold, cached, memory'
export const usage = `bun run bench compile [--rounds N] [--json]
  --rounds  processes of each kind, the fastest counts; default 3
Seconds on the wall clock from the paths to the matcher; memory of what stays, after a garbage collection.`

interface Loading {
  readonly rules: number
  /** Reading the files and making rules of them. */
  readonly load_s: number
  readonly compile_s: number
  readonly kept_mib: number
}

export interface CompileFigures {
  readonly rules: number
  readonly cold_s: number
  readonly cached_s: number
  /** Rules and matcher. */
  readonly kept_mib: number
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  })
  const figures = measureCompile(Number(values.rounds))
  if (values.json) console.log(JSON.stringify(figures))
  else {
    const { rules, cold_s, cached_s, kept_mib } = figures
    console.log(`${rules} rules: cold ${cold_s} s, cached ${cached_s} s, ${kept_mib} MiB kept`)
  }
}

/** Loads all rules in processes of their own. */
export function measureCompile(rounds: number): CompileFigures {
  if (!existsSync(SIGMAHQ)) throw new UsageError(`no rules: ${SIGMAHQ} is not there`)
  const cache = mkdtempSync(join(tmpdir(), 'trapline-bench-compile-'))
  try {
    const cold = Array.from({ length: rounds }, () => loading('off'))
    loading(cache)
    const cached = Array.from({ length: rounds }, () => loading(cache))
    return {
      rules: cold[0]!.rules,
      cold_s: fastest(cold),
      cached_s: fastest(cached),
      kept_mib: Math.max(...[...cold, ...cached].map(({ kept_mib }) => kept_mib)),
    }
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
}

function fastest(loadings: readonly Loading[]): number {
  const best = Math.min(...loadings.map(({ load_s, compile_s }) => load_s + compile_s))
  return Math.round(best * 1000) / 1000
}

function loading(cache: string): Loading {
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, import.meta.path], {
    env: { ...process.env, TRAPLINE_CACHE: cache },
  })
  if (exitCode !== 0) throw new Error(`loading failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString()) as Loading
}

/** Loads and compiles in this process. */
async function load(): Promise<Loading> {
  Bun.gc(true)
  const before = held_bytes()
  const started = performance.now()
  const rules = await readRuleFolder(RULE_SETS.map((set) => join(SIGMAHQ, set)))
  const loaded = performance.now()
  const matcher = createMatcher(rules.compiled())
  const compiled = performance.now()
  Bun.gc(true)
  return {
    rules: matcher.stats().rules,
    load_s: (loaded - started) / 1000,
    compile_s: (compiled - loaded) / 1000,
    kept_mib: Math.round((held_bytes() - before) / 1024 / 1024),
  }
}

function held_bytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

if (import.meta.main) console.log(JSON.stringify(await load()))
