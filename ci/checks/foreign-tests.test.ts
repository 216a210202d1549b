import { describe, expect, test } from 'bun:test'
import { foreignTests } from './foreign-tests.ts'

const RULE = `title: Root
logsource: {product: linux}
detection: {selection: {User: root}, condition: selection}
`

function read(text: string) {
  return foreignTests(RULE + text)
}

describe('exemplars in a rule', () => {
  test('are tests of one event, expected to match unless they say otherwise', () => {
    const found = read(`rsigma.exemplars:
  - name: root
    event: {User: root, Count: 3}
  - expect: no_match
    event: {User: toor}
`)
    expect(found).toEqual([
      {
        test: { name: 'root', match: true, events: [{ fields: { User: 'root', Count: 3 } }] },
        line: 5,
      },
      {
        test: { name: 'exemplar 2', match: false, events: [{ fields: { User: 'toor' } }] },
        line: 7,
      },
    ])
  })

  test('of a correlation are several events with offsets', () => {
    const [found] = read(`custom_attributes:
  rsigma.exemplars:
    - name: twice
      expect: match
      events:
        - {offset: 0s, event: {User: root}}
        - {offset: 90s, event: {User: root}}
`)
    expect(found).toMatchObject({
      test: { events: [{ offset: '0s' }, { offset: '90s', fields: { User: 'root' } }] },
    })
  })

  test.each([
    ['rsigma.exemplars: yes\n', 'must be a list'],
    ['rsigma.exemplars:\n  - 5\n', 'must be a map'],
    ['rsigma.exemplars:\n  - {expect: perhaps, event: {a: 1}}\n', 'neither match nor no_match'],
    ['rsigma.exemplars:\n  - {name: none}\n', 'no event'],
    ['rsigma.exemplars:\n  - {events: [{offset: soon, event: {a: 1}}]}\n', 'no event'],
  ])('%j is refused by name', (text, problem) => {
    const [found] = read(text)
    expect(found).toMatchObject({ problem: expect.stringContaining(problem) })
  })
})

describe("Panther's Tests", () => {
  test('are read as they are', () => {
    const [found] = read(`Tests:
  - Name: root logs in
    ExpectedResult: true
    Log:
      User: root
      nested: {a: [1, null, true]}
`)
    const fields = { User: 'root', nested: { a: [1, null, true] } }
    expect(found).toMatchObject({
      test: { name: 'root logs in', match: true, events: [{ fields }] },
    })
  })

  test('without an expectation or a log are refused', () => {
    const found = read('Tests:\n  - {Name: a, Log: {b: 1}}\n  - {Name: b, ExpectedResult: true}\n')
    expect(found.map((one) => 'problem' in one)).toEqual([true, true])
  })
})

test('a rule without tests of its own has none', () => {
  expect(foreignTests(RULE)).toEqual([])
})
