// What the linter knows of the world, given to it as data.

/** ATT&CK ids and names of one version, with those that are gone. */
export interface AttackFacts {
  readonly notice: string
  readonly version: string
  /** Short name -> id of the enterprise tactics. */
  readonly tactics: Readonly<Record<string, string>>
  /** Id -> short name of mobile and ICS tactics. */
  readonly otherTactics: Readonly<Record<string, string>>
  /** Tactics of older versions -> those that took their place. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
  /** Id -> `Name|tactic|tactic` of the enterprise techniques. */
  readonly techniques: Readonly<Record<string, string>>
  /** The same of mobile and ICS. */
  readonly otherTechniques: Readonly<Record<string, string>>
  /** Id -> `Name|successor`, the successor empty where there is none. */
  readonly retired: Readonly<Record<string, string>>
}

/** Fields of one product's log sources, blank-separated; empty where any field may come. */
export interface ProductFacts {
  readonly common?: string
  readonly category?: Readonly<Record<string, string>>
  readonly service?: Readonly<Record<string, string>>
}

export interface LintFacts {
  readonly attack: AttackFacts
  /** By product; the empty name holds log sources without one. */
  readonly logsources: Readonly<Record<string, ProductFacts>>
  /** Today, `YYYY-MM-DD`. */
  readonly today: string
  /** Whether the set holds all of the content: then an unknown reference is one, and a test missing. */
  readonly complete: boolean
  /** Ids and names of rules that are there and not in the set. */
  readonly elsewhere?: ReadonlySet<string>
  /** What is wrong with a search query, where its language is known. */
  readonly queryProblem?: (query: string) => string | undefined
}

export interface Technique {
  readonly id: string
  readonly name: string
  readonly tactics: readonly string[]
}

/** An active technique of any domain by its id (`T1059.001`). */
export function techniqueOf(attack: AttackFacts, id: string): Technique | undefined {
  const table = Object.hasOwn(attack.techniques, id) ? attack.techniques : attack.otherTechniques
  if (!Object.hasOwn(table, id)) return undefined
  const [name = '', ...tactics] = table[id]!.split('|')
  return { id, name, tactics }
}

/** A technique that is no longer there: its name and what took its place, if anything did. */
export function retiredTechnique(
  attack: AttackFacts,
  id: string,
): { readonly name: string; readonly successor: string | undefined } | undefined {
  if (!Object.hasOwn(attack.retired, id)) return undefined
  const [name = '', next = ''] = attack.retired[id]!.split('|')
  return { name, successor: next === '' ? undefined : next }
}
