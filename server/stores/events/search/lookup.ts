// What one group of the index says about a leaf of a plan.

import { words } from '../../../../sigma/text/words.ts'
import { setBit, subtract, unite, wordsFor } from '../bits.ts'
import { eachKeptPosting } from '../index/columns.ts'
import { markHashed } from '../index/hashed.ts'
import type { GroupColumn, GroupInfo } from '../index/layout.ts'
import { clearDocs, markDocs } from '../index/postings.ts'
import { type FieldFilter, type GroupReader, markAll } from '../index/read.ts'
import { type GroupDocs, SPLIT_VALUES_MAX } from './group-docs.ts'
import type { Plan, WordScope } from './plan.ts'

export type ColumnPlan = Extract<Plan, { kind: 'column' }>
type WordPlan = Extract<Plan, { kind: 'word' }>
/** What a group is asked. */
export type Leaf = Extract<Plan, { kind: 'word' | 'present' | 'column' }>

export interface GroupAnswer {
  /** Docs that may match; undefined for all. */
  readonly bits: Uint32Array | undefined
  readonly exact: boolean
}

/** The matcher looks names with more parts up as one key only. */
const NESTED_PARTS_MAX = 16

const encoder = new TextEncoder()

/** Which events of a group have a value under the name; undefined when that is not plain to see. */
export function eventsHaving(info: GroupInfo, name: string): 'all' | 'some' | undefined {
  const fields = fieldsAt(info, name)
  const plain = !isAmbiguous(info, name, fields) && info.always.length === 0
  if (!plain || fields.some((field) => info.fields[field]!.emptied)) return undefined
  const events = fields.reduce((sum, field) => sum + info.fields[field]!.events, 0)
  return events === info.events ? 'all' : 'some'
}

/** Ordinals of a group's fields with this path. */
export function fieldsAt(info: GroupInfo, name: string): number[] {
  const found: number[] = []
  for (let field = 2; field < info.fields.length; field++) {
    if (info.fields[field]!.path === name) found.push(field)
  }
  return found
}

/** True when a value at this path may not be what the matcher finds under the name. */
function isAmbiguous(info: GroupInfo, name: string, fields: readonly number[]): boolean {
  const inRaw = fields.filter((field) => info.fields[field]!.inRaw).length
  return inRaw > 1 || fields.length - inRaw > 1 || name.split('.').length > NESTED_PARTS_MAX
}

function filterOf(info: GroupInfo, scope: WordScope): { fields: FieldFilter; exact: boolean } {
  if (scope.kind === 'any') return { fields: undefined, exact: true }
  const fields = new Uint8Array(info.fields.length)
  if (scope.kind === 'message') {
    fields[0] = 1
    for (const field of info.message.fields) fields[field] = 1
    return { fields, exact: info.message.exact }
  }
  const found = fieldsAt(info, scope.name)
  for (const field of found) fields[field] = 1
  return { fields, exact: !isAmbiguous(info, scope.name, found) }
}

/** A leaf's docs in a group. */
export function lookUp(groupDocs: GroupDocs, group: GroupReader, leaf: Leaf): GroupAnswer {
  switch (leaf.kind) {
    case 'word':
      return lookUpWord(group, leaf)
    case 'present':
      return presence(group, leaf.name)
    case 'column':
      return lookUpColumn(groupDocs, group, leaf)
  }
}

/** Docs of a group with such a word in the scope, and those that always count. */
function lookUpWord(group: GroupReader, leaf: WordPlan): GroupAnswer {
  const { info } = group
  const bits = new Uint32Array(wordsFor(info.docs))
  const { fields, exact } = filterOf(info, leaf.scope)
  const texts = leaf.texts.map((text) => encoder.encode(text))
  if (!group.markWords(leaf.mode, texts, fields, bits)) {
    return { bits: undefined, exact: false }
  }
  if (leaf.scope.kind === 'any') markKeyWords(group, leaf, bits)
  for (const doc of info.always) setBit(bits, doc)
  const decided = leaf.exact || (leaf.whole && isOneWord(info, leaf.scope))
  return { bits, exact: exact && decided && info.always.length === 0 }
}

/** True when each value of the field is just one word. */
function isOneWord(info: GroupInfo, scope: WordScope): boolean {
  if (scope.kind !== 'field') return false
  return fieldsAt(info, scope.name).every((field) => info.fields[field]!.words)
}

/** True when a name's field is the column of that name in every event that has the field. */
export function isSameColumn(info: GroupInfo, name: string): boolean {
  if (info.always.length > 0) return false
  const fields = fieldsAt(info, name)
  const same = columnOf(info, name)?.same ?? []
  return !isAmbiguous(info, name, fields) && fields.every((field) => same.includes(field))
}

export function columnOf(info: GroupInfo, name: string): GroupColumn | undefined {
  return info.columns.find((column) => column.name === name)
}

/** Docs whose values in the column pass: exact where the group keeps them. */
function lookUpColumn(groupDocs: GroupDocs, group: GroupReader, leaf: ColumnPlan): GroupAnswer {
  const { info, db, id } = group
  const bits = new Uint32Array(wordsFor(info.docs))
  const at = info.columns.findIndex((column) => column.name === leaf.name)
  const column = info.columns[at]
  const none = leaf.test([])
  if (column === undefined) {
    if (none) markAll(info, bits)
    return { bits, exact: true }
  }
  if (column.kind === 'hashed') {
    const { texts = [], networks = [] } = leaf
    markHashed(db, id, at, column, { texts, networks }, bits)
    if (column.via.length > 0) markVia(group, column, texts, bits)
    return { bits, exact: false }
  }
  const { values } = groupDocs.kept(group, at)
  const holds = values.map((value) => leaf.test([value]))
  if (none) markAll(info, bits)
  if (values.length <= SPLIT_VALUES_MAX) {
    const docs = groupDocs.docsOf(group, at, (value) => none || holds[value]!)
    // A doc with several values passes if one does.
    for (const [value, own] of docs.entries()) if (own && !holds[value]) subtract(bits, own)
    for (const [value, own] of docs.entries()) if (own && holds[value]) unite(bits, own)
    return { bits, exact: true }
  }
  const wanted = (value: number) => none || holds[value]!
  const some = new Uint32Array(bits.length)
  eachKeptPosting(db, id, at, values.length, wanted, (value, bytes, start, end) => {
    if (holds[value]!) markDocs(bytes, start, end, some)
    else clearDocs(bytes, start, end, bits)
  })
  unite(bits, some)
  return { bits, exact: true }
}

/** Docs of which some field that stands for the column has a text that is one word. */
function markVia(
  group: GroupReader,
  { via }: GroupColumn,
  texts: readonly string[],
  bits: Uint32Array,
): void {
  const fields = new Uint8Array(group.info.fields.length)
  for (const field of via) fields[field] = 1
  for (const text of texts) {
    const [word] = words(text)
    if (word?.length !== text.length) continue
    group.markWords('word', [encoder.encode(word)], fields, bits)
  }
  for (const doc of group.info.always) setBit(bits, doc)
}

/** Keys of fields that are the raw text are words of it. */
function markKeyWords(group: GroupReader, leaf: WordPlan, bits: Uint32Array): void {
  for (const [field, { keyWords }] of group.info.fields.entries()) {
    if (keyWords.some((word) => isSuch(word, leaf))) group.markKey(field, bits)
  }
}

function isSuch(word: string, { mode, texts }: WordPlan): boolean {
  switch (mode) {
    case 'word':
      return texts.includes(word)
    case 'prefix':
      return texts.some((text) => word.startsWith(text))
    case 'suffix':
      return texts.some((text) => word.endsWith(text))
    case 'inner':
      return texts.some((text) => word.includes(text))
  }
}

function presence(group: GroupReader, name: string): GroupAnswer {
  const { info } = group
  const bits = new Uint32Array(wordsFor(info.docs))
  for (const field of fieldsAt(info, name)) group.markKey(field, bits)
  for (const doc of info.always) setBit(bits, doc)
  return { bits, exact: false }
}
