// A mapping table ready to run.
import type { Fields } from '../../sigma/event.ts'
import { compileAny, type Test } from './condition.ts'
import { compilePath } from './path.ts'
import { compileProgram, logsourcesOf, type Program } from './program.ts'
import { createSlots, type Values } from './slots.ts'
import { type Condition, mappingTable } from './table.ts'

/** A table ready to run. */
export interface Mapping {
  readonly name: string
  readonly title: string
  readonly aliases: readonly string[]
  readonly recognises: Test<Fields>
  /** Top-level keys of which whatever it recognises has one; undefined where no condition asks for any. */
  readonly keys: readonly string[] | undefined
  readonly accepts: Test<Fields>
  /** Slots by name. */
  readonly names: ReadonlyMap<string, number>
  /** Of the event that is being read. */
  readonly values: Values
  /** What reads any event. */
  readonly program: Program
  /** What reads events that have no other names at their top, faster. */
  programFor(names: readonly string[]): Program
}

/** Compiles a table out of a YAML file's value. Throws what is wrong with it. */
export function compileMapping(value: unknown): Mapping {
  const table = mappingTable(value)
  const index = new Map<string, number>()
  const logsources = logsourcesOf(table)
  const program = compileProgram(table, logsources, createSlots(index))
  return {
    name: table.name,
    title: table.title,
    aliases: table.aliases,
    recognises: compileAny(table.recognise),
    keys: tellingKeys(table.recognise),
    // What is surely this product is never refused.
    accepts: compileAny([...table.accept, ...table.recognise]),
    names: index,
    values: new Array<undefined>(index.size).fill(undefined),
    program,
    programFor(names) {
      const present = new Set(names.flatMap((own) => index.get(own) ?? []))
      return compileProgram(table, logsources, createSlots(index, present))
    },
  }
}

/** One key of each condition, as a path's first step and as a whole. */
function tellingKeys(conditions: readonly Condition[]): readonly string[] | undefined {
  const keys = new Set<string>()
  for (const { has = [], is = {} } of conditions) {
    const path = has[0] ?? Object.keys(is)[0]
    if (path === undefined) return undefined
    keys.add(path)
    keys.add(compilePath(path).steps[0]!.key)
  }
  return [...keys]
}
