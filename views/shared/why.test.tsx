/** @jsxImportSource hono/jsx */
import { describe, expect, test } from 'bun:test'
import type { Why as Explained, WhyNode } from '../../sigma/eval/why.ts'
import { heldTests, WhyBox } from './why.tsx'

function testOf(field: string, holds: boolean, actual: string, note = ''): WhyNode {
  const why = `it is ${JSON.stringify(actual)}${note}`
  const own = { field, operator: 'ends with', expected: '\\a.exe', actual, why }
  return { kind: 'test', label: field, holds, test: own, children: [] }
}

function selection(name: string, holds: boolean, ...children: readonly WhyNode[]): WhyNode {
  return { kind: 'selection', label: name, holds, children }
}

function not(child: WhyNode): WhyNode {
  return { kind: 'not', label: 'not', holds: !child.holds, children: [child] }
}

function boxOf(explained: Omit<Explained, 'logsource'>, accepts = true): string {
  const logsource = { accepts, why: 'the rule wants windows/-/-' }
  const why = { ruleId: 'r', title: 'R', explained: { ...explained, logsource } }
  return String(<WhyBox why={why} />)
}

const and = (holds: boolean, ...children: readonly WhyNode[]): WhyNode => ({
  kind: 'and',
  label: 'and',
  holds,
  children,
})

/** Labels of what is open at once. */
function open(html: string): readonly string[] {
  return [...html.matchAll(/<details open="">.*?<\/span><\/span>(.*?)<\/summary>/g)].map(
    (found) => found[1] ?? '',
  )
}

describe('a rule that fires', () => {
  const tree = and(
    true,
    selection('chosen', true, testOf('Image', true, 'C:\\b\\a.exe')),
    not(selection('filter', false, testOf('ParentImage', false, 'C:\\z.exe'))),
  )
  const html = boxOf({ fires: true, tree })

  test('shows what held at once and folds the filters that let it pass', () => {
    expect(open(html)).toEqual(['fires on this event', 'chosen'])
    expect(html).toMatch(/held: <\/span><\/span>not filter/)
  })

  test('shows values as they are in the event, and marks what was found', () => {
    expect(html).toContain('it is C:\\b\\a.exe')
    expect(html).toContain('<mark>\\a.exe</mark>')
  })

  test('gives its held tests', () => {
    const explained = { fires: true, tree, logsource: { accepts: true, why: '' } }
    const held = heldTests([{ ruleId: 'r', title: 'R', explained }])
    expect(held.map(({ field }) => field)).toEqual(['Image'])
  })
})

describe('a rule that does not fire', () => {
  const tree = and(
    false,
    selection('chosen', true, testOf('Image', true, 'C:\\a.exe')),
    not({
      kind: 'of',
      label: '1 of filter_*',
      holds: true,
      children: [
        selection('filter_a', true, testOf('User', true, 'x\\a.exe')),
        selection('filter_b', false, testOf('User', false, 'y')),
      ],
    }),
    selection('flag', false, testOf('CommandLine', false, '<b>', ', which is another')),
  )
  const change = {
    changes: [{ field: 'CommandLine', from: '<b>', needs: 'must end with "a"', example: 'a' }],
    isProven: true,
  }

  test('shows at once what stood in the way, also a filter that held', () => {
    expect(open(boxOf({ fires: false, tree, change }))).toEqual([
      'does not fire on it as it is loaded now',
      'not 1 of filter_*',
      'filter_a',
      'flag',
    ])
  })

  test('says the smallest change, and escapes what the event has', () => {
    const html = boxOf({ fires: false, tree, change })
    expect(html).toContain('It would fire if this were otherwise (tried):')
    expect(html).toContain('it is &lt;b&gt;, which is another')
    expect(html).not.toContain('<b>')
  })

  test('promises no firing where the log source keeps the rule from running', () => {
    expect(boxOf({ fires: false, tree, change }, false)).toContain('Its condition would hold if')
  })
})
