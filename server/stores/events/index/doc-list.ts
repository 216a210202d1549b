// Docs of one posting on their way from one form to another: a list of ascending numbers, or a bitmap where
// there are many.

/** Docs `docs[0, length)`. */
export interface DocList {
  docs: Uint32Array<ArrayBuffer>
  length: number
}

export function createDocList(): DocList {
  return { docs: new Uint32Array(1024), length: 0 }
}

export function addDoc(list: DocList, doc: number): void {
  if (list.length === list.docs.length) reserveDocs(list, 1)
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
  reserveDocs(list, end - start)
  const { docs } = list
  let { length } = list
  let doc = base
  let i = start
  while (i < end) {
    let byte = bytes[i++]!
    if (byte < 0x80) doc += byte
    else {
      let gap = byte & 0x7f
      let shift = 7
      do {
        byte = bytes[i++]!
        gap |= (byte & 0x7f) << shift
        shift += 7
      } while (byte >= 0x80)
      doc += gap
    }
    docs[length++] = doc
  }
  list.length = length
}

function reserveDocs(list: DocList, more: number): void {
  if (list.length + more <= list.docs.length) return
  const docs = new Uint32Array(Math.max(list.docs.length * 2, list.length + more))
  docs.set(list.docs)
  list.docs = docs
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
