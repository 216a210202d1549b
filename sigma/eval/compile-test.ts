// Tests of one value as closures: everything about the rule's side is worked out once.
import { contains, parseAddress } from '../cidr.ts'
import type { FieldValue } from '../event.ts'
import { fold } from '../text/fold.ts'
import { compileWildcards, foldParts } from '../text/wildcard.ts'
import { hasWords } from '../text/words.ts'
import type { ValueTest } from './evaluate.ts'
import { compareTexts, numberOf, orderHolds } from './numbers.ts'
import { networkOf, regexOf } from './operands.ts'
import { timePart, timestampOf } from './timestamp.ts'
import { textOf } from './values.ts'

type ValuePredicate = (value: FieldValue) => boolean
type TextPredicate = (text: string) => boolean

/** The test as a function of one value (never an array): the same answers as `testValue`. */
export function compileTest(test: ValueTest): ValuePredicate {
  switch (test.kind) {
    case 'any':
      return (value) => value !== null
    case 'number':
      return (value) => value === test.value || value === test.text
    case 'boolean': {
      const text = String(test.value)
      return (value) => value === test.value || (typeof value === 'string' && fold(value) === text)
    }
    case 'compare':
      return (value) => {
        const number = numberOf(value)
        return number !== undefined && orderHolds(test.op, number - test.value)
      }
    case 'timepart':
      return (value) => {
        const time_ms = timestampOf(value)
        if (time_ms === undefined) return false
        return orderHolds(test.op, timePart(time_ms, test.part) - test.value)
      }
    default:
      return onText(compileTextTest(test))
  }
}

function onText(test: TextPredicate): ValuePredicate {
  return (value) => {
    if (typeof value === 'string') return test(value)
    const text = textOf(value)
    return text !== undefined && test(text)
  }
}

type TextTest = Exclude<
  ValueTest,
  { readonly kind: 'any' | 'number' | 'boolean' | 'compare' | 'timepart' }
>

function compileTextTest(test: TextTest): TextPredicate {
  switch (test.kind) {
    case 'equals':
    case 'startswith':
    case 'endswith':
    case 'contains':
      return compileLiteral(test.kind, test.value, test.cased)
    case 'wildcard': {
      if (test.cased) return compileWildcards(test.parts)
      const matches = compileWildcards(foldParts(test.parts))
      return (text) => matches(fold(text))
    }
    case 'words': {
      const words = test.words.map(fold)
      return (text) => hasWords(text, words)
    }
    case 'regex': {
      const regex = regexOf(test.pattern, test.flags)
      return (text) => regex.test(text)
    }
    case 'textcompare': {
      const value = fold(test.value)
      return (text) => orderHolds(test.op, compareTexts(fold(text), value))
    }
    case 'cidr': {
      const network = networkOf(test.network)
      return (text) => {
        const address = parseAddress(text)
        return address !== undefined && contains(network, address)
      }
    }
  }
}

/** Length-preserving folding allows cheap refusals before a text is folded. */
function compileLiteral(
  kind: 'equals' | 'startswith' | 'endswith' | 'contains',
  value: string,
  cased: boolean,
): TextPredicate {
  const wanted = cased ? value : fold(value)
  const { length } = wanted
  const side = cased ? (text: string) => text : fold
  switch (kind) {
    case 'equals':
      return (text) => text.length === length && side(text) === wanted
    case 'startswith':
      return (text) => text.length >= length && side(text.slice(0, length)) === wanted
    case 'endswith':
      return (text) => text.length >= length && side(text.slice(text.length - length)) === wanted
    case 'contains':
      return (text) => text.length >= length && side(text).includes(wanted)
  }
}
