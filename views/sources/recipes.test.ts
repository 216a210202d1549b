import { expect, test } from 'bun:test'
import { recipes } from './recipes.ts'

const INPUT = { origin: 'https://siem.example:8443', key: 'tlk_secret', name: 'web 3' }

test('every recipe carries the key and the address', () => {
  for (const recipe of recipes(INPUT)) {
    expect(recipe.text).toContain('tlk_secret')
    expect(recipe.text).toContain('siem.example')
  }
})

test('the label is encoded where it stands in an address', () => {
  const text = recipes(INPUT).find((recipe) => recipe.id === 'curl')?.text
  expect(text).toContain('/ingest?source=web%203')
})
