// A lazily built deterministic automaton: one table look-up per character, whatever the pattern. When it
// grows past its bound it is emptied and goes on, so time stays linear and memory bounded.
import type { Assertion } from './ast.ts'
import { buildClasses, type Classes, classOf, KIND, type Kind } from './classes.ts'
import type { Program } from './nfa.ts'

export const DFA_STATES_MAX = 2_000
export const DFA_TABLE_BYTES_MAX = 2 * 1024 * 1024
/** Threads of all states together. */
export const DFA_THREADS_MAX = 250_000

/** Instructions waiting for the next character, and what the last one was. */
interface State {
  readonly threads: Int32Array
  readonly before: Kind
  /** Whether the text may end here: undefined until asked. */
  atEnd: boolean | undefined
}

const DEAD = 0
const MATCHED = 1
const UNKNOWN = -1

interface Dfa {
  readonly program: Program
  readonly classes: Classes
  readonly statesMax: number
  /** False when a match can only begin where the text does. */
  readonly floating: boolean
  readonly marks: Uint32Array
  readonly stack: Int32Array
  mark: number
  threads: number
  states: State[]
  ids: Map<string, number>
  table: Int32Array
}

/**
 * A function that says whether the program matches anywhere in a text, in time linear in the text; or
 * undefined when the alphabet has too many classes.
 */
export function buildMatcher(program: Program): ((text: string) => boolean) | undefined {
  const classes = buildClasses(program)
  if (classes === undefined) return undefined
  const rows = Math.floor(DFA_TABLE_BYTES_MAX / 4 / classes.count)
  const size = program.code.length
  const dfa: Dfa = {
    program,
    classes,
    statesMax: Math.min(DFA_STATES_MAX, rows),
    floating: isFloating(program),
    marks: new Uint32Array(size),
    stack: new Int32Array(size * 2 + 2),
    mark: 0,
    threads: 0,
    states: [],
    ids: new Map(),
    table: new Int32Array(0),
  }
  clear(dfa)
  return (text) => run(dfa, text)
}

/** False when every way from the start passes `^` or `\A` before anything else. */
function isFloating(program: Program): boolean {
  const seen = new Set<number>()
  const stack = [program.start]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const step = program.code[at]!
    if (seen.has(at)) continue
    seen.add(at)
    if (step.op === 'set' || step.op === 'match') return true
    if (step.op === 'assert' && step.what === 'textBegin') continue
    stack.push(step.next)
    if (step.op === 'split') stack.push(step.other)
  }
  return false
}

function clear(dfa: Dfa): void {
  const nothing: State = { threads: new Int32Array(0), before: KIND.other, atEnd: false }
  dfa.states = [nothing, nothing]
  dfa.ids = new Map()
  dfa.threads = 0
  dfa.table = new Int32Array(16 * dfa.classes.count).fill(UNKNOWN)
  addState(dfa, Int32Array.of(dfa.program.start), KIND.edge)
}

/** First row after the two reserved ones: the state at the beginning of a text. */
const START = 2

function run(dfa: Dfa, text: string): boolean {
  const { classes } = dfa
  const { ascii, count } = classes
  let { table } = dfa
  let state = START
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    let id: number
    if (code < 128) id = ascii[code]!
    else {
      if (code >= 0xd800 && code <= 0xdbff) {
        code = text.codePointAt(i)!
        if (code > 0xffff) i++
      }
      id = classOf(classes, code)
    }
    let next = table[state * count + id]!
    if (next < START) {
      if (next === UNKNOWN) {
        next = advance(dfa, state, id)
        table = dfa.table
      }
      if (next === MATCHED) return true
      if (next === DEAD) return false
    }
    state = next
  }
  return matchesAtEnd(dfa, state)
}

function matchesAtEnd(dfa: Dfa, id: number): boolean {
  const state = dfa.states[id]!
  state.atEnd ??= follow(dfa, state, KIND.edge).matched
  return state.atEnd
}

/** The state after one character of a class; fills the table. */
function advance(dfa: Dfa, id: number, charClass: number): number {
  const state = dfa.states[id]!
  const { count, members, kinds } = dfa.classes
  const kind = kinds[charClass]!
  const { matched, reached } = follow(dfa, state, kind)
  if (matched) return remember(dfa, id, charClass, MATCHED)
  const next: number[] = []
  for (const at of reached) {
    const step = dfa.program.code[at]!
    if (step.op === 'set' && members[step.set * count + charClass] === 1) next.push(step.next)
  }
  if (dfa.floating) next.push(dfa.program.start)
  if (next.length === 0) return remember(dfa, id, charClass, DEAD)
  const threads = Int32Array.from(new Set(next)).sort()
  const known = dfa.ids.get(`${kind}:${threads.join()}`)
  if (known !== undefined) return remember(dfa, id, charClass, known)
  if (dfa.states.length >= dfa.statesMax || dfa.threads > DFA_THREADS_MAX) {
    clear(dfa)
    return addState(dfa, threads, kind)
  }
  return remember(dfa, id, charClass, addState(dfa, threads, kind))
}

function remember(dfa: Dfa, id: number, charClass: number, next: number): number {
  dfa.table[id * dfa.classes.count + charClass] = next
  return next
}

function addState(dfa: Dfa, threads: Int32Array, before: Kind): number {
  const id = dfa.states.length
  dfa.threads += threads.length
  dfa.states.push({ threads, before, atEnd: undefined })
  dfa.ids.set(`${before}:${threads.join()}`, id)
  const needed = (id + 1) * dfa.classes.count
  if (needed > dfa.table.length) {
    const grown = new Int32Array(Math.max(needed, dfa.table.length * 2)).fill(UNKNOWN)
    grown.set(dfa.table)
    dfa.table = grown
  }
  return id
}

/** All set instructions that a state's threads reach without a character, given what comes next. */
function follow(dfa: Dfa, state: State, after: Kind): { matched: boolean; reached: number[] } {
  const { marks, stack, program } = dfa
  const mark = ++dfa.mark
  const reached: number[] = []
  let depth = 0
  for (const thread of state.threads) stack[depth++] = thread
  while (depth > 0) {
    const at = stack[--depth]!
    if (marks[at] === mark) continue
    marks[at] = mark
    const step = program.code[at]!
    if (step.op === 'match') return { matched: true, reached }
    if (step.op === 'set') reached.push(at)
    else if (step.op === 'split') {
      stack[depth++] = step.other
      stack[depth++] = step.next
    } else if (holds(step.what, state.before, after)) stack[depth++] = step.next
  }
  return { matched: false, reached }
}

function holds(what: Assertion, before: Kind, after: Kind): boolean {
  switch (what) {
    case 'textBegin':
      return before === KIND.edge
    case 'textEnd':
      return after === KIND.edge
    case 'lineBegin':
      return before === KIND.edge || before === KIND.newline
    case 'lineEnd':
      return after === KIND.edge || after === KIND.newline
    case 'word':
      return (before === KIND.word) !== (after === KIND.word)
    case 'notWord':
      return (before === KIND.word) === (after === KIND.word)
  }
}
