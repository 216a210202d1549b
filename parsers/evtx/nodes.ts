// Binary XML as a tree: a template is read once and rendered for each record that uses it.
import type { Fields } from '../../sigma/event.ts'
import type { EvtxError } from './error.ts'
import type { Plan } from './plan.ts'

/** A place in a template that takes a value of the record. */
export interface Substitution {
  readonly kind: 'substitution'
  readonly index: number
  /** An attribute whose only value is absent is left out. */
  readonly optional: boolean
}

export interface Attribute {
  readonly name: string
  readonly parts: readonly (string | Substitution)[]
}

export interface Element {
  readonly kind: 'element'
  readonly name: string
  /** The constant name of `<Data Name="..">` without further attributes. */
  readonly dataName: string | undefined
  readonly attributes: readonly Attribute[]
  /** The attributes where none takes a value of the record: one object for all records. */
  readonly constant: Fields | undefined
  readonly children: readonly Node[]
}

/** A template with the values for its places. */
export interface Instance {
  readonly kind: 'instance'
  readonly template: Template
  readonly values: Values
}

export type Node = string | Substitution | Element | Instance

/** The values of a template instance: their heads (size, type) lie one behind the other, four bytes each. */
export interface Values {
  readonly heads: number
  /** Where each value begins in its chunk. */
  readonly starts: readonly number[]
}

/** A chunk at hand: its bytes and what was read of it already. */
export interface ChunkBytes {
  readonly bytes: Buffer
  readonly names: Map<number, Name>
  readonly templates: Map<number, Template | EvtxError>
}

export interface Name {
  readonly text: string
  /** Bytes of the whole entry. */
  readonly size: number
  /** Whether the stored hash is that of the text. */
  readonly sure: boolean
}

export interface Template {
  readonly content: readonly Node[]
  /** Bytes of the whole definition, its head included. */
  readonly size: number
  /** How it is rendered, by the types of the values. */
  readonly plans: Plan[]
}
