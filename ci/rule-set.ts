// The rules of a command: loaded, and compiled for the matcher. A kept set reads what matching needs at once; the
// rules themselves, and the conditions of those that become candidates, when they are first asked for.
import { deserialize, serialize } from 'bun:jsc'
import type { Condition } from '../sigma/eval/atoms.ts'
import { type CompiledRules, compileRules } from '../sigma/eval/compiled.ts'
import type { LoadedRule, LoadedRules } from '../sigma/rule.ts'
import { packParts, unpackParts } from './parts.ts'

const ZSTD_LEVEL = 1
/** Rules whose conditions are kept together. */
const CHUNK_RULES = 32

/** What is printed of a rule that matches. */
export type RuleHead = Pick<LoadedRule, 'id' | 'title' | 'level' | 'feedsOnly'>

export interface RuleSet extends LoadedRules {
  /** By rule; there without `rules` being made. */
  readonly heads: readonly RuleHead[]
  /** Compiles the rules at the first call. */
  readonly compiled: () => CompiledRules
}

/** The set of rules that were loaded now. */
export function ruleSetOf(loaded: LoadedRules): RuleSet {
  return { ...loaded, heads: loaded.rules, compiled: once(() => compileRules(loaded.rules)) }
}

type Rest = Pick<LoadedRules, 'rules' | 'diagnostics'>
interface Front extends Omit<LoadedRules, keyof Rest> {
  readonly heads: readonly RuleHead[]
  readonly compiled: Omit<CompiledRules, 'conditionOf'>
}

/** The set as bytes. */
export function packRuleSet({ compiled, ...set }: RuleSet): Uint8Array {
  const { rules, diagnostics, correlations, filters, refused } = set
  const { conditionOf, ...others } = compiled()
  const heads = rules.map(({ id, title, level, feedsOnly }) => ({ id, title, level, feedsOnly }))
  const front: Front = { correlations, filters, refused, heads, compiled: others }
  const conditions = rules.map((_, rule) => conditionOf(rule))
  const rest: Rest = { rules, diagnostics }
  const later: unknown[] = [rest]
  for (let from = 0; from < conditions.length; from += CHUNK_RULES) {
    later.push(conditions.slice(from, from + CHUNK_RULES))
  }
  const compressed = later.map((value) =>
    Bun.zstdCompressSync(written(value), { level: ZSTD_LEVEL }),
  )
  return packParts([written(front), ...compressed])
}

/** The set of `packRuleSet`. Throws when the bytes are not all that was packed. */
export function unpackRuleSet(bytes: Uint8Array): RuleSet {
  const [first, second, ...chunks] = unpackParts(bytes)
  if (first === undefined || second === undefined) throw new Error('parts are missing')
  const { compiled, ...front } = deserialize(first) as Front
  const rest = once(() => revived(second) as Rest)
  const conditions = chunks.map((chunk) => once(() => revived(chunk) as readonly Condition[]))
  const conditionOf = (rule: number) =>
    conditions[Math.floor(rule / CHUNK_RULES)]!()[rule % CHUNK_RULES]!
  return {
    ...front,
    get rules() {
      return rest().rules
    },
    get diagnostics() {
      return rest().diagnostics
    },
    compiled: () => ({ ...compiled, conditionOf }),
  }
}

function written(value: unknown): Buffer {
  return serialize(value, { binaryType: 'nodebuffer' })
}

function revived(bytes: Uint8Array): unknown {
  return deserialize(Bun.zstdDecompressSync(bytes))
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
