// One event's values, read once: every atom that holds is set, for conditions to look at.
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import { type MatchState, PENDING, SET, UNSET } from './condition.ts'
import { type Marks, markAtoms, type Reader, type Readers, rememberedAtoms } from './readers.ts'
import { fieldValues, isJsonText } from './values.ts'

export interface Scan {
  readonly state: MatchState
  readonly atoms: AtomSet
  /** Atoms that are set, as many as `read` returned. */
  readonly touched: Int32Array
  /** Sets the atoms of an event and returns how many they are. */
  read(event: SigmaEvent, readers: Readers): number
  /** Unsets them. */
  reset(): void
}

/** What one event has set so far. */
export interface AtomSet {
  readonly set: Uint8Array
  readonly touched: Int32Array
  count: number
  readonly marks: Marks
}

/** Makes the reader of events. */
export function createScan(atomCount: number, lateCount: number): Scan {
  const atoms: AtomSet = {
    set: new Uint8Array(atomCount),
    touched: new Int32Array(atomCount),
    count: 0,
    marks: { set: (atom) => setAtom(atoms, atom), pend: (atom) => pendAtom(atoms, atom) },
  }
  const state: MatchState = {
    event: undefined,
    make: noEvent,
    flat: undefined,
    set: atoms.set,
    lateState: new Uint8Array(lateCount),
    lateTouched: [],
  }
  return {
    state,
    atoms,
    touched: atoms.touched,
    read(event, readers) {
      state.event = event
      readFields(event.fields, readers, atoms)
      if (readers.other.keywords !== undefined) readTexts(event, readers.other, atoms)
      return atoms.count
    },
    reset() {
      const { set, touched, count } = atoms
      for (let i = 0; i < count; i++) set[touched[i]!] = UNSET
      atoms.count = 0
      for (const id of state.lateTouched) state.lateState[id] = 0
      state.lateTouched.length = 0
      state.event = undefined
      state.make = noEvent
      state.flat = undefined
    },
  }
}

function noEvent(): never {
  throw new Error('no event is being matched')
}

/** Sets an atom. */
export function setAtom(atoms: AtomSet, atom: number): void {
  if (atoms.set[atom] === UNSET) atoms.touched[atoms.count++] = atom
  atoms.set[atom] = SET
}

function pendAtom(atoms: AtomSet, atom: number): void {
  if (atoms.set[atom] !== UNSET) return
  atoms.set[atom] = PENDING
  atoms.touched[atoms.count++] = atom
}

/** Sets that the field of a reader has a value. */
export function setPresence({ slot, keywords }: Reader, atoms: AtomSet): void {
  if (slot !== undefined && slot.presence >= 0) setAtom(atoms, slot.presence)
  if (keywords !== undefined && keywords.presence >= 0) setAtom(atoms, keywords.presence)
}

function readText(reader: Reader, text: string, atoms: AtomSet): void {
  setPresence(reader, atoms)
  const found = rememberedAtoms(reader, text)
  if (found === undefined) markAtoms(reader, text, atoms.marks)
  else for (let i = 0; i < found.length; i++) setAtom(atoms, found[i]!)
}

/** The message, unless a field of that name is the same text, and a raw text that is no JSON. */
function readTexts(event: SigmaEvent, reader: Reader, atoms: AtomSet): void {
  const { message, raw, fields } = event
  const isField = Object.hasOwn(fields, 'message') && fields.message === message
  if (message !== '' && !isField) readText(reader, message, atoms)
  if (raw !== '' && !isJsonText(raw)) readText(reader, raw, atoms)
}

function readFields(fields: Fields, readers: Readers, atoms: AtomSet): void {
  const { lastNames, lastReaders } = readers
  const names = Object.keys(fields)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    let reader: Reader
    if (lastNames[i] === name) reader = lastReaders[i]!
    else {
      reader = readers.byName.get(name) ?? readers.make(name)
      if (i < PLACES_MAX) {
        lastNames[i] = name
        lastReaders[i] = reader
      }
    }
    if (reader.isIdle) continue
    const value = fields[name]!
    readValue(reader, value, readers.other, atoms)
    if (reader.below.length > 0 && typeof value === 'object' && value !== null) {
      readBelow(reader.below, fields, readers.other, atoms)
    }
  }
}

/** Fields of an event whose readers are found by place. */
const PLACES_MAX = 256

function readValue(reader: Reader, value: FieldValue, other: Reader, atoms: AtomSet): void {
  if (typeof value === 'string') readText(reader, value, atoms)
  else if (typeof value === 'number' || typeof value === 'boolean') {
    if (reader.readsNumbers) readText(reader, String(value), atoms)
    else setPresence(reader, atoms)
  } else if (Array.isArray(value)) {
    for (const element of value) readValue(reader, element, other, atoms)
  } else if (value !== null) {
    if (reader.slot !== undefined && reader.slot.presence >= 0) {
      setAtom(atoms, reader.slot.presence)
    }
    if (reader.keywords === undefined) return
    const inner = value as Fields
    for (const name of Object.keys(inner)) readValue(other, inner[name]!, other, atoms)
  }
}

/** Fields with dots in their names that lie in an object or an array of objects. */
function readBelow(below: readonly Reader[], fields: Fields, other: Reader, atoms: AtomSet): void {
  for (const reader of below) {
    const name = reader.slot!.name!
    if (Object.hasOwn(fields, name)) continue
    for (const value of fieldValues(fields, name)) readValue(reader, value, other, atoms)
  }
}
