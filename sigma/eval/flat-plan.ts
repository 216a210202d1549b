// How the lines of one kind are read by a view.
import type { FlatKind, FlatLine } from './flat.ts'
import type { FlatKernel } from './flat-kernel.ts'
import type { FlatFields, Reference } from './flat-test.ts'
import type { Reader, Readers } from './readers.ts'
import type { View } from './views.ts'

/** Which readers look at which values of the lines of one kind. */
export interface FlatPlan {
  readonly kernel: FlatKernel
  readonly view: View
  /** Whether the kernel may match such lines itself. */
  isRouted: boolean
  /** By place: a value and its reader. */
  readonly values: readonly number[]
  readonly readers: readonly Reader[]
  /** Whether rules may read the fields that an event gets beside those of its line. */
  readonly readsAdded: boolean
  readonly fields: FlatFields
  /** Address of the plan in the kernel's memory, and of what is found by place. */
  readonly address: number
  readonly kindsAt: number
  readonly startsAt: number
  readonly countsAt: number
}

/** Every line is checked: until `routePlan` says otherwise. */
const ALWAYS = 1
/** Where a plan says so, bytes behind its address. */
const HAS_ALWAYS = 56

/** Has the kernel match the lines of a kind itself by its plan, whose view has nothing more to learn. */
export function routePlan(plan: FlatPlan, kind: FlatKind): void {
  const { kernel, view, address, readsAdded } = plan
  plan.isRouted = true
  kernel.markWitnesses(view)
  kernel.memory.words[(address + HAS_ALWAYS) >> 2] = Number(view.layout.always.length > 0)
  kind.route?.(address, readsAdded)
}

/** More references than bits of one number are not answered beforehand. */
const REFERENCES_MAX = 24

interface PlanOptions {
  readonly kernel: FlatKernel
  /** Tells the plan from the kernel's others. */
  readonly number: number
  /** Its lines are remembered. */
  readonly memo: boolean
}

/** Plans the reading of a kind of lines by a view. */
export function planFlat(
  line: FlatLine,
  kind: FlatKind,
  view: View,
  { kernel, number, memo }: PlanOptions,
): FlatPlan {
  const { readers } = view
  const readerOf = (name: string) => readers.byName.get(name) ?? readers.make(name)
  const values: number[] = []
  const chosen: Reader[] = []
  const idle: number[] = []
  for (const [value, path] of kind.paths.entries()) {
    const found =
      kind.depths[value] === 0 ? [readerOf(path)] : nestedReaders(path, readers, readerOf)
    const active = found.filter(({ isIdle }) => !isIdle)
    for (const reader of active) {
      values.push(value)
      chosen.push(reader)
    }
    if (active.length === 0) idle.push(value)
  }
  const places = new Map(kind.paths.map((path, value) => [path, value]))
  const all = referencesOf(view, places)
  const references = all.length > REFERENCES_MAX ? [] : all
  const { addWords } = kernel
  const roomFor = (count: number) => addWords(new Int32Array(count))
  const [kindsAt, startsAt, countsAt] = [values, values, values].map(({ length }) =>
    roomFor(length),
  ) as [number, number, number]
  const address = addWords([
    ...[number, Number(memo), kernel.addTrial()],
    ...[values.length, addWords(values), addWords(chosen.map(kernel.readerAt))],
    ...[idle.length, addWords(idle)],
    references.length,
    addWords(references.flatMap(({ value, other, cased }) => [value, other, Number(cased)])),
    ...[kindsAt, startsAt, countsAt, roomFor(values.length + 1)],
    ALWAYS,
  ])
  return {
    ...{ kernel, view, values, readers: chosen, isRouted: false },
    fields: {
      line,
      values: places,
      added: kind.added,
      read: new Set(values),
      references,
      isOpen: false,
    },
    readsAdded: kind.added.some((name) => !readerOf(name).isIdle),
    ...{ address, kindsAt, startsAt, countsAt },
  }
}

/** As `readValue` and `readBelow`: keywords look at every text, a field with dots at the value of its path. */
function nestedReaders(
  path: string,
  readers: Readers,
  readerOf: (name: string) => Reader,
): readonly Reader[] {
  const top = readerOf(path.slice(0, path.indexOf('.')))
  const own = top.below.filter(({ slot }) => slot?.name === path)
  return top.keywords === undefined ? own : [readers.other, ...own]
}

/** The references of the view's rules between two values that lines of a kind have. */
function referencesOf(
  { references }: View,
  places: ReadonlyMap<string, number>,
): readonly Reference[] {
  return references.flatMap(({ target, test }) => {
    if (target.scope !== 'field' || test.kind !== 'fieldref' || test.op !== 'equals') return []
    const value = places.get(target.name)
    const other = places.get(test.name)
    return value === undefined || other === undefined ? [] : [{ value, other, cased: test.cased }]
  })
}
