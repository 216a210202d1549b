// Docs of one posting on their way from one form to another: a list of ascending numbers, or a bitmap where
// there are many.
import { type Cursor, readVarint } from './postings.ts'

/** Docs `docs[0, length)`. */
export interface DocList {
  docs: Uint32Array<ArrayBuffer>
  length: number
}

export function createDocList(): DocList {
  return { docs: new Uint32Array(1024), length: 0 }
}

export function addDoc(list: DocList, doc: number): void {
  if (list.length === list.docs.length) {
    const docs = new Uint32Array(list.length * 2)
    docs.set(list.docs)
    list.docs = docs
  }
  list.docs[list.length++] = doc
}

/** Appends the docs of the varint gaps `bytes[start, end)`, moved up by `base`. */
export function addGaps(
  list: DocList,
  bytes: Uint8Array,
  start: number,
  end: number,
  base: number,
): void {
  const cursor: Cursor = { at: start }
  let doc = base
  while (cursor.at < end) {
    doc += readVarint(bytes, cursor)
    addDoc(list, doc)
  }
}

/** Sorts the docs and keeps each once. */
export function sortDocs(list: DocList): void {
  const { docs, length } = list
  docs.subarray(0, length).sort()
  let kept = 0
  for (let i = 0; i < length; i++) {
    if (kept === 0 || docs[kept - 1] !== docs[i]) docs[kept++] = docs[i]!
  }
  list.length = kept
}
