// Log sources as parsers declare them: one shared object for each, so that stores and routing can compare
// and cache them cheaply.
import type { EventLogSource, Fields, FieldValue } from '../sigma/event.ts'

/** Different log sources remembered; what generic JSON declares beyond these is built anew. */
const DECLARED_MAX = 1024

/** The log source of an event that says nothing about it: every rule may run. */
export const OPEN_LOGSOURCE: EventLogSource = Object.freeze({
  category: [],
  service: [],
  closed: false,
})

/** A log source that a parser knows fully: rules run only where every key they name is listed. */
export function closedLogSource(
  product: string | undefined,
  category: readonly string[],
  service: readonly string[],
): EventLogSource {
  return Object.freeze({
    ...(product === undefined ? {} : { product }),
    category: Object.freeze([...category]),
    service: Object.freeze([...service]),
    closed: true,
  })
}

const declared = new Map<string, EventLogSource>()

/** What was declared last, plain texts only: events of one kind come one after another. */
interface Declared {
  readonly product: FieldValue | undefined
  readonly category: FieldValue | undefined
  readonly service: FieldValue | undefined
  readonly source: EventLogSource
}
let last: Declared = {
  product: undefined,
  category: undefined,
  service: undefined,
  source: OPEN_LOGSOURCE,
}

/** What generic JSON declares in top-level `product`, `category` and `service`, or under `logsource`. */
export function declaredLogSource(json: Fields): EventLogSource {
  const nested = json.logsource as Fields | undefined
  const inner =
    typeof nested === 'object' && nested !== null && !Array.isArray(nested) ? nested : undefined
  const product = json.product ?? inner?.product
  const category = json.category ?? inner?.category
  const service = json.service ?? inner?.service
  if (product === undefined && category === undefined && service === undefined) {
    return OPEN_LOGSOURCE
  }
  if (product === last.product && category === last.category && service === last.service) {
    return last.source
  }
  const key = keyOf(product, category, service)
  const known = key === undefined ? undefined : declared.get(key)
  if (known !== undefined) {
    last = { product, category, service, source: known }
    return known
  }
  const source = {
    ...closedLogSource(names(product)[0], names(category), names(service)),
    closed: false,
  }
  if (key !== undefined) {
    if (declared.size >= DECLARED_MAX) declared.clear()
    declared.set(key, Object.freeze(source))
  }
  return source
}

/** What tells declarations of plain texts apart; others are built anew. */
function keyOf(...values: readonly (FieldValue | undefined)[]): string | undefined {
  let key = ''
  for (const value of values) {
    if (typeof value === 'string') key += `${value.length}:${value}`
    else if (value !== undefined) return undefined
    key += ';'
  }
  return key
}

/** Whether JSON itself says which log source it is: a product and a category or service. */
export function declaresLogSource(json: Fields): boolean {
  const source = declaredLogSource(json)
  return source.product !== undefined && source.category.length + source.service.length > 0
}

const NONE: readonly string[] = Object.freeze([])
const PORT = /^\d{1,5}$/

function names(value: FieldValue | undefined): readonly string[] {
  // A number is a port, as in a firewall's `service`.
  if (typeof value === 'string') {
    return value === '' || PORT.test(value) ? NONE : [value.toLowerCase()]
  }
  if (!Array.isArray(value)) return NONE
  return value.flatMap((item: FieldValue) => (typeof item === 'string' ? names(item) : []))
}
