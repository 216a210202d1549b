// Bytes of literals as small numbers: see `sigma/eval/char-classes.ts`.
import { take } from './heap'
import { literalAt } from './literals'

const ASCII: usize = 128

/** How many classes there are, that of all other bytes included. */
export let classCount: u32 = 0

/** By byte: its class; capitals have the class of their small letter. */
export function classesOf(list: usize, count: u32): usize {
  const classes = take(ASCII)
  for (let i: u32 = 0; i < count; i++) {
    const literal = literalAt(list, i)
    for (let at: u32 = 0; at < literal.length; at++) {
      store<u8>(classes + <usize>load<u8>(literal.text + <usize>at), 1)
    }
  }
  classCount = 1
  for (let byte: usize = 0; byte < ASCII; byte++) {
    if (load<u8>(classes + byte) === 0) continue
    store<u8>(classes + byte, <u8>classCount)
    if (byte >= 0x61 && byte <= 0x7a) store<u8>(classes + byte - 0x20, <u8>classCount)
    classCount++
  }
  return classes
}
