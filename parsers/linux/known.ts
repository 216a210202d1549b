// A message that a program is known to write: its template and what it means.
import { type Template, template } from '../template.ts'

/** The meaning of a message. */
export interface Meaning {
  readonly action: string
  readonly outcome?: 'success' | 'failure'
}

export interface KnownMessage extends Meaning {
  readonly fit: Template
  /** The character that such a message begins with; not a number where it may be any. */
  readonly first: number
}

/** A template, the action it stands for and how that went. */
export type Row = readonly [source: string, action: string, outcome?: 'success' | 'failure']

/** Messages in order of preference. */
export function table(rows: readonly Row[]): readonly KnownMessage[] {
  return rows.map(([source, action, outcome]) => ({
    fit: template(source),
    first: source.startsWith('{') || source === '*' ? Number.NaN : source.charCodeAt(0),
    action,
    ...(outcome === undefined ? {} : { outcome }),
  }))
}
