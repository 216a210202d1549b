// One event's values, read once: every atom that holds is set, for conditions to look at.
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import type { MatchState } from './condition.ts'
import { createHits } from './hits.ts'
import { recall, remember } from './memo.ts'
import type { FieldSlot, Slots } from './slots.ts'
import { scanText } from './text-index.ts'
import { fieldValues, isJsonText } from './values.ts'
import type { View } from './views.ts'

export interface Scan {
  readonly state: MatchState
  /** Atoms that are set, as many as `read` returned. */
  readonly touched: Int32Array
  /** Sets the atoms of an event and returns how many they are. */
  read(event: SigmaEvent, view: View): number
  /** Unsets them. */
  reset(): void
}

const NO_EVENT: SigmaEvent = {
  time: 0,
  source: '',
  logsource: { category: [], service: [], closed: false },
  pivots: {},
  message: '',
  fields: {},
  raw: '',
}

/** What one event has set so far. */
interface AtomSet {
  readonly set: Uint8Array
  readonly touched: Int32Array
  count: number
}

/** Makes the reader of events for compiled slots. */
export function createScan(slots: Slots, atomCount: number, lateCount: number): Scan {
  const atoms: AtomSet = {
    set: new Uint8Array(atomCount),
    touched: new Int32Array(atomCount),
    count: 0,
  }
  const state: MatchState = {
    event: NO_EVENT,
    set: atoms.set,
    lateState: new Uint8Array(lateCount),
    lateTouched: [],
  }
  return {
    state,
    touched: atoms.touched,
    read(event, view) {
      state.event = event
      readFields(slots, event.fields, view, atoms)
      const { keywords } = slots
      if (keywords !== undefined && view.activeSlots[keywords.id] === 1) {
        if (event.message !== '') readText(keywords, event.message, atoms)
        if (event.raw !== '' && !isJsonText(event.raw)) readText(keywords, event.raw, atoms)
        readLeaves(keywords, event.fields, event.message, atoms)
      }
      return atoms.count
    },
    reset() {
      const { set, touched, count } = atoms
      for (let i = 0; i < count; i++) set[touched[i]!] = 0
      atoms.count = 0
      for (const id of state.lateTouched) state.lateState[id] = 0
      state.lateTouched.length = 0
      state.event = NO_EVENT
    },
  }
}

function setAtom(atoms: AtomSet, atom: number): void {
  if (atoms.set[atom] === 1) return
  atoms.set[atom] = 1
  atoms.touched[atoms.count++] = atom
}

const hits = createHits()

function readText(slot: FieldSlot, text: string, atoms: AtomSet): void {
  if (slot.presence >= 0) setAtom(atoms, slot.presence)
  if (slot.index === undefined) return
  const known = slot.memo === undefined ? undefined : recall(slot.memo, text)
  if (known !== undefined) {
    for (let i = 0; i < known.length; i++) setAtom(atoms, known[i]!)
    return
  }
  hits.count = 0
  scanText(slot.index, text, hits)
  if (slot.memo !== undefined) remember(slot.memo, text, hits.atoms.slice(0, hits.count))
  for (let i = 0; i < hits.count; i++) setAtom(atoms, hits.atoms[i]!)
}

function readValue(slot: FieldSlot, value: FieldValue, atoms: AtomSet): void {
  if (typeof value === 'string') readText(slot, value, atoms)
  else if (typeof value === 'number' || typeof value === 'boolean') {
    readText(slot, String(value), atoms)
  } else if (Array.isArray(value)) {
    for (const element of value) readValue(slot, element, atoms)
  } else if (value !== null && slot.presence >= 0) setAtom(atoms, slot.presence)
}

function readFields(slots: Slots, fields: Fields, view: View, atoms: AtomSet): void {
  for (const name of Object.keys(fields)) {
    const value = fields[name]!
    const slot = slots.byName.get(name)
    if (slot !== undefined && view.activeSlots[slot.id] === 1) readValue(slot, value, atoms)
    if (typeof value !== 'object' || value === null) continue
    const below = slots.below.get(name)
    if (below !== undefined) readNested(below, fields, view, atoms)
  }
}

/** Fields with dots in their names that lie in an object or an array of objects. */
function readNested(below: readonly FieldSlot[], fields: Fields, view: View, atoms: AtomSet): void {
  for (const slot of below) {
    const name = slot.name!
    if (view.activeSlots[slot.id] === 0 || Object.hasOwn(fields, name)) continue
    for (const value of fieldValues(fields, name)) readValue(slot, value, atoms)
  }
}

/** Every text of the fields, for keywords; `message` has been read. */
function readLeaves(slot: FieldSlot, value: FieldValue, message: string, atoms: AtomSet): void {
  if (typeof value === 'string') {
    if (value === '' || value !== message) readText(slot, value, atoms)
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    readText(slot, String(value), atoms)
  } else if (Array.isArray(value)) {
    for (const element of value) readLeaves(slot, element, message, atoms)
  } else if (value !== null) {
    const fields = value as Fields
    for (const name of Object.keys(fields)) readLeaves(slot, fields[name]!, message, atoms)
  }
}
