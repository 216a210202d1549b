import { expect, test } from 'bun:test'
import { filterPath } from './filter-path.ts'

const ANSWER = {
  took: 3,
  errors: true,
  items: [
    { create: { _index: 'a', status: 201 } },
    { create: { _index: 'a', status: 400, error: { type: 't', reason: 'r' } } },
  ],
}

test.each([
  [undefined, ANSWER],
  ['', ANSWER],
  ['errors', { errors: true }],
  ['errors,took', { took: 3, errors: true }],
  [
    'errors,items.*.error,items.*.status',
    {
      errors: true,
      items: [
        { create: { status: 201 } },
        { create: { status: 400, error: { type: 't', reason: 'r' } } },
      ],
    },
  ],
  ['items.*.error.type', { items: [{ create: { error: { type: 't' } } }] }],
  ['**.reason', { items: [{ create: { error: { reason: 'r' } } }] }],
  ['items.cr*te.stat*', { items: [{ create: { status: 201 } }, { create: { status: 400 } }] }],
  ['-items,-took', { errors: true }],
  ['nothing', {}],
] as const)('%s', (paths, expected) => {
  expect(filterPath(ANSWER, paths)).toEqual(expected as object)
})
