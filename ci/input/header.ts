// What a file's header lines say, handed to the parsers with each line below them.
import type { NormaliseOptions } from '../../parsers/normalise.ts'
import type { Header, InputEvent } from './event.ts'

let lastBase: NormaliseOptions | undefined
let lastHeader: Header | undefined
let last: NormaliseOptions | undefined

/** `base` with the columns of an event's header. The same object again while both stay the same. */
export function withHeader(base: NormaliseOptions, { header }: InputEvent): NormaliseOptions {
  if (header === undefined) return base
  if (last === undefined || base !== lastBase || header !== lastHeader) {
    last = { ...base, columns: header.columns }
    lastBase = base
    lastHeader = header
  }
  return last
}
