// The journal's export format: an entry is a block of `NAME=value` lines that a blank line ends. A value with
// line ends in it has its name on a line of its own, then eight bytes of length and the bytes themselves. An
// entry becomes the JSON that `journalctl -o json` would have written.
import type { Frame } from './frame.ts'
import { FRAME_UNITS_MAX } from './limits.ts'

/** With these an entry begins. */
const FIRST = /^(?:__CURSOR|__REALTIME_TIMESTAMP)=/
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/
const FIELD = /^[A-Z_][A-Z0-9_]{0,63}=/
const LENGTH_UNITS = 8

/** Takes the lines of entries. */
export interface JournalLines {
  /** True while no entry is open. */
  readonly isIdle: boolean
  /** False when the line is none of the journal's. */
  line(text: string, index: number, out: Frame[]): boolean
  /** The entry that is still open. */
  end(out: Frame[]): void
}

interface Entry {
  readonly index: number
  readonly fields: [name: string, value: string][]
  units: number
  /** A value whose length is written in front of it, as far as it was read. */
  value: { readonly name: string; text: string | undefined } | undefined
}

/** Reads entries out of lines. */
export function createJournalLines(): JournalLines {
  let entry: Entry | undefined

  function end(out: Frame[]): void {
    if (entry === undefined) return
    const { fields, index, value } = entry
    if (value?.text !== undefined) fields.push([value.name, value.text.slice(LENGTH_UNITS)])
    entry = undefined
    out.push({ text: JSON.stringify(objectOf(fields)), index })
  }

  return {
    get isIdle() {
      return entry === undefined
    },
    line(text, index, out) {
      if (entry === undefined) {
        if (text.charCodeAt(0) !== 0x5f || !FIRST.test(text)) return false
        entry = { index, fields: [], units: 0, value: undefined }
      }
      entry.units += text.length
      if (entry.units > FRAME_UNITS_MAX) {
        end(out)
        return false
      }
      if (entry.value !== undefined) {
        const { value } = entry
        value.text = value.text === undefined ? text : `${value.text}\n${text}`
        if (isWhole(value.text)) {
          entry.fields.push([value.name, value.text.slice(LENGTH_UNITS)])
          entry.value = undefined
        }
        return true
      }
      if (text === '') end(out)
      else if (FIELD.test(text)) {
        const equals = text.indexOf('=')
        entry.fields.push([text.slice(0, equals), text.slice(equals + 1)])
      } else if (NAME.test(text)) entry.value = { name: text, text: undefined }
      else {
        // No line of an entry: what was read is one, and this line is something else.
        end(out)
        return false
      }
      return true
    },
    end,
  }
}

/** Whether a value has as many bytes as stand in front of it. A length that is no text was lost when the bytes
 * were read as such: then the value ends with its line. */
function isWhole(text: string): boolean {
  if (text.length < LENGTH_UNITS) return false
  let length = 0
  for (let index = LENGTH_UNITS - 1; index >= 0; index--) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return true
    length = length * 256 + code
  }
  return Buffer.byteLength(text.slice(LENGTH_UNITS)) >= length
}

/** A name that stands there several times has a list, as in the journal's JSON. */
function objectOf(fields: readonly (readonly [string, string])[]): object {
  const out = new Map<string, string | string[]>()
  for (const [name, value] of fields) {
    const present = out.get(name)
    if (present === undefined) out.set(name, value)
    else out.set(name, [...(Array.isArray(present) ? present : [present]), value])
  }
  return Object.fromEntries(out)
}
