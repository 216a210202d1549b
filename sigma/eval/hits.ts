// Where scanners put the atoms they find: one growing buffer, reused for every value.

export interface Hits {
  atoms: Int32Array
  count: number
}

const HITS_INITIAL = 256

export function createHits(): Hits {
  return { atoms: new Int32Array(HITS_INITIAL), count: 0 }
}

/** Adds an atom; the same one may come more than once. */
export function addHit(hits: Hits, atom: number): void {
  if (hits.count === hits.atoms.length) {
    const larger = new Int32Array(hits.atoms.length * 2)
    larger.set(hits.atoms)
    hits.atoms = larger
  }
  hits.atoms[hits.count++] = atom
}
