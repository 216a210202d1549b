// Builds the trie of what stands at one end of a field's values: the algorithm of `sigma/eval/trie.ts`, over bytes.
import { classCount, classesOf } from './classes'
import { take, takeWords } from './heap'
import { byteOf, endOfRun, literalAt, shared } from './literals'
import { Trie } from './structs'

/** A state's sorted literals, and how many bytes lead to it. */
@unmanaged
class State {
  from: u32
  to: u32
  depth: u32
}

function stateAt(states: usize, place: u32): State {
  return changetype<State>(states + <usize>place * offsetof<State>())
}

/** Of sorted literals, at least one; texts may repeat. */
export function buildTrie(list: usize, count: u32, fromEnd: bool): Trie {
  const classes = classesOf(list, count)
  const width = classCount
  const statesMax = countStates(list, count, fromEnd)
  const trie = changetype<Trie>(take(offsetof<Trie>()))
  trie.classes = classes
  trie.classCount = width
  trie.table = takeWords(<usize>statesMax * width)
  trie.firstAt = takeWords(statesMax + 1)
  trie.literals = takeWords(count)
  const states = take(<usize>statesMax * offsetof<State>())
  stateAt(states, 0).to = count
  let next: u32 = 1
  let ordered: u32 = 0
  for (let place: u32 = 0; place < next; place++) {
    const state = stateAt(states, place)
    const depth = state.depth
    store<u32>(trie.firstAt + ((<usize>place) << 2), ordered)
    let from = state.from
    const last = literalAt(list, state.to - 1).length
    const isAlone =
      literalAt(list, from).length === last && sharesAll(list, from, state.to - 1, fromEnd)
    while (from < state.to && (isAlone || literalAt(list, from).length === depth)) {
      store<usize>(
        trie.literals + ((<usize>ordered) << 2),
        changetype<usize>(literalAt(list, from)),
      )
      ordered++
      from++
    }
    while (from < state.to) {
      const end = endOfRun(list, from, state.to, depth, fromEnd)
      const byte = byteOf(literalAt(list, from), depth, fromEnd)
      const entry = place * width + <u32>load<u8>(classes + <usize>byte)
      store<u32>(trie.table + ((<usize>entry) << 2), next)
      const child = stateAt(states, next)
      child.from = from
      child.to = end
      child.depth = depth + 1
      next++
      from = end
    }
  }
  store<u32>(trie.firstAt + ((<usize>next) << 2), ordered)
  return trie
}

/** Whether the first and the last of sorted literals, of one length, have one text. */
function sharesAll(list: usize, first: u32, last: u32, fromEnd: bool): bool {
  return shared(list, first, last, fromEnd) === literalAt(list, first).length
}

/** How many states sorted literals need, at most: one for every start that more than one of them have, and one more. */
function countStates(list: usize, count: u32, fromEnd: bool): u32 {
  let states: u32 = 1
  for (let i: u32 = 0; i < count; i++) {
    const withBefore: u32 = i === 0 ? 0 : shared(list, i - 1, i, fromEnd)
    const withAfter: u32 = i + 1 === count ? 0 : shared(list, i, i + 1, fromEnd)
    const deepest = min(literalAt(list, i).length, max(withBefore, withAfter) + 1)
    states += max(deepest, withBefore) - withBefore
  }
  return states
}
