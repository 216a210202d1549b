import { describe, expect, test } from 'bun:test'
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import type { Target } from '../ir/expr.ts'
import { eachLeaf, fieldValues, targetValues } from './values.ts'

describe('fieldValues', () => {
  test.each([
    ['{"a":1}', 'a', [1]],
    ['{"a":1}', 'b', []],
    ['{"a":null}', 'a', [null]],
    ['{"a":[]}', 'a', []],
    ['{"a":[1,[2,null]]}', 'a', [1, 2, null]],
    ['{"a":{"b":"x"}}', 'a.b', ['x']],
    ['{"a.b":"flat","a":{"b":"nested"}}', 'a.b', ['flat']],
    ['{"a":[{"b":1},{"c":2},{"b":[3]}]}', 'a.b', [1, 3]],
    ['{"a":{"b.c":{"d":4}}}', 'a.b.c.d', [4]],
    ['{"a.b":{"c":5}}', 'a.b.c', [5]],
    ['{"a":{"b":{"x":1}},"a.b":7}', 'a.b.x', [1]],
    ['{"x y-z":1}', 'x y-z', [1]],
    ['{"a":"text"}', 'a.length', []],
    ['{"a":[1]}', 'a.length', []],
    ['{}', 'constructor', []],
    ['{}', '__proto__', []],
    ['{"a":{}}', 'a.__proto__.constructor', []],
    ['{"__proto__":{"x":1}}', '__proto__.x', [1]],
    ['{"":{"":1}}', '.', [1]],
  ] as [string, string, FieldValue[]][])('%s has at %p %j', (json, name, expected) => {
    expect(fieldValues(JSON.parse(json) as Fields, name)).toEqual(expected)
  })

  test('the values of a whole object are the object', () => {
    expect(fieldValues({ a: { b: 1 } }, 'a')).toEqual([{ b: 1 }])
  })
})

test('eachLeaf visits every text with its path', () => {
  const seen: string[] = []
  const fields = JSON.parse(
    '{"a":{"b":[1,{"c":true}],"n":null},"x.y":"z","__proto__":{"p":"q"}}',
  ) as Fields
  eachLeaf(fields, (path, text) => seen.push(`${path}=${text}`))
  expect(seen).toEqual(['a.b=1', 'a.b.c=true', 'x.y=z', '__proto__.p=q'])
})

describe('targetValues', () => {
  const event: SigmaEvent = {
    time: 0,
    source: 'edge',
    logsource: { product: 'linux', category: ['auth'], service: ['sshd', 'auth'], closed: true },
    pivots: { user: 'root', src_port: 22 },
    message: 'hello',
    fields: { a: { b: ['x', 2] }, user: 'field user', host: null },
    raw: '<13>hello',
  }
  test.each([
    [{ scope: 'any' }, ['hello', 'x', '2', 'field user', '<13>hello']],
    [{ scope: 'keyword' }, ['hello', 'x', '2', 'field user', '<13>hello']],
    [{ scope: 'message' }, ['hello']],
    [{ scope: 'raw' }, ['<13>hello']],
    [{ scope: 'column', name: 'user' }, ['root']],
    [{ scope: 'column', name: 'src_port' }, [22]],
    [{ scope: 'column', name: 'service' }, ['sshd', 'auth']],
    [{ scope: 'column', name: 'product' }, ['linux']],
    [{ scope: 'column', name: 'source' }, ['edge']],
    [{ scope: 'column', name: 'url' }, []],
    [{ scope: 'auto', name: 'user' }, ['field user']],
    [{ scope: 'auto', name: 'src_port' }, [22]],
    [{ scope: 'auto', name: 'host' }, [null]],
    [{ scope: 'auto', name: 'nothing' }, []],
    [{ scope: 'auto', name: 'constructor' }, []],
  ] as [Target, FieldValue[]][])('%j', (target, expected) => {
    expect(targetValues(target, event)).toEqual(expected)
  })

  test('keywords do not read the raw text of JSON', () => {
    expect(targetValues({ scope: 'keyword' }, { ...event, raw: '{"k":1}' })).not.toContain(
      '{"k":1}',
    )
  })
})
