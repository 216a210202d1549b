// What a table does with an event whose values are in slots.
import { type EventLogSource, type FieldValue, PIVOTS, type PivotName } from '../../sigma/event.ts'
import { closedLogSource } from '../logsource.ts'
import { pivotValue } from '../values.ts'
import { compileCondition, type Test } from './condition.ts'
import { compileFields, type FieldAdder } from './fields.ts'
import { compileMessage, type MessageReader } from './message.ts'
import { compileRules } from './rules.ts'
import type { SlotReader, Slots, Values } from './slots.ts'
import type { MappingTable } from './table.ts'

/** A column and the value that an event has for it. */
export interface PivotReader {
  readonly name: PivotName
  readonly read: SlotReader
}

/** A table compiled for the names that events have. */
export interface Program {
  readonly logsources: readonly {
    readonly test: Test<Values>
    readonly logsource: EventLogSource
  }[]
  readonly time: readonly SlotReader[]
  readonly message: MessageReader
  readonly pivots: readonly PivotReader[]
  readonly fields: FieldAdder
}

/** Log sources of a table: one object for each, however often it is compiled. */
export function logsourcesOf(table: MappingTable): readonly EventLogSource[] {
  return table.logsources.map(({ product, category, service }) =>
    closedLogSource(product ?? table.product, category ?? [], service),
  )
}

/** Compiles a table in the order in which it runs: what the fields add is there for all that follows. */
export function compileProgram(
  table: MappingTable,
  logsources: readonly EventLogSource[],
  slots: Slots,
): Program {
  const fields = compileFields(table, slots)
  const read = (path: string) => slots.reader(path) ?? nothing
  return {
    fields,
    logsources: table.logsources.map(({ when }, index) => ({
      test: when === undefined ? () => true : compileCondition(when, read),
      logsource: logsources[index]!,
    })),
    time: table.time.flatMap((path) => slots.reader(path) ?? []),
    message: compileMessage(table.message, slots),
    pivots: pivotReaders(table, slots),
  }
}

function nothing(): undefined {
  return undefined
}

function pivotReaders(table: MappingTable, slots: Slots): readonly PivotReader[] {
  return PIVOTS.flatMap((name) => {
    const rules = table.pivots[name] ?? []
    const usable = (value: FieldValue) => pivotValue(name, value)
    const read = compileRules(rules, usable, slots)
    return read === undefined ? [] : [{ name, read }]
  })
}
