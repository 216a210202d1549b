// The postings of one word being merged, by field.
import { setBit } from '../bits.ts'
import { createDocList, type DocList } from './doc-list.ts'
import { type PairOutput, putBits, putDocs } from './pairs.ts'

/** Docs of one field: those of `list`, ascending, and of `bits`. */
interface FieldUnion {
  readonly list: DocList
  bits: Uint32Array | undefined
}

export interface PostingUnion {
  /** Size of the doc space. */
  readonly docs: number
  readonly byField: (FieldUnion | undefined)[]
  /** Fields of the current word. */
  readonly fields: number[]
}

export function createUnion(docs: number): PostingUnion {
  return { docs, byField: [], fields: [] }
}

/** Where the docs of a field of the current word go. */
export function unionAt(union: PostingUnion, field: number): FieldUnion {
  let into = union.byField[field]
  if (into === undefined) {
    into = { list: createDocList(), bits: undefined }
    union.byField[field] = into
  }
  if (into.list.length === 0 && into.bits === undefined) union.fields.push(field)
  return into
}

/** Writes the word's pairs, and forgets them. */
export function putUnions(union: PostingUnion, output: PairOutput): void {
  const { fields, byField } = union
  for (const [at, field] of fields.entries()) {
    const into = byField[field]!
    const isLast = at === fields.length - 1
    const { list, bits } = into
    if (bits === undefined) putDocs(output, field, isLast, list)
    else {
      for (let i = 0; i < list.length; i++) setBit(bits, list.docs[i]!)
      putBits(output, field, isLast, bits)
    }
    list.length = 0
    into.bits = undefined
  }
  fields.length = 0
}
