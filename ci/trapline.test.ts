import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { COMMANDS, type CommandName } from './commands.ts'
import { editDistance, suggest } from './suggest.ts'

const entry = join(import.meta.dir, 'trapline.ts')

function trapline(...args: readonly string[]) {
  const run = Bun.spawnSync([process.execPath, entry, ...args])
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

describe('trapline', () => {
  test('help lists every command of the table', () => {
    const { code, out } = trapline('help')
    expect(code).toBe(0)
    for (const name of Object.keys(COMMANDS)) expect(out).toContain(`  ${name} `)
  })

  test('an unknown command suggests the nearest one and exits with 3', () => {
    const { code, err } = trapline('evla')
    expect(code).toBe(3)
    expect(err).toContain('unknown command "evla": did you mean "eval"?')
  })

  test('an unknown option is a usage error without a stack', () => {
    const { code, err } = trapline('eval', '--no-such-option')
    expect(code).toBe(3)
    expect(err).toContain('usage: trapline eval')
    expect(err).not.toContain('    at ')
  })

  test.each(Object.keys(COMMANDS) as CommandName[])('%s says what it does', async (name) => {
    const command = await COMMANDS[name]()
    expect(command.summary).toMatch(/^[A-Za-z].{10,90}$/)
    expect(command.usage).toStartWith(`trapline ${name}`)
  })
})

describe('suggest', () => {
  test.each([
    ['evla', 'eval'],
    ['Rules', 'rules'],
    ['xyzzy', undefined],
    ['a', undefined],
  ])('%s -> %s', (word, expected) => {
    expect(suggest(word, ['eval', 'rules', 'ab'])).toBe(expected)
  })

  test('edit distance counts insertions, deletions and replacements', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('', 'abc')).toBe(3)
  })
})
