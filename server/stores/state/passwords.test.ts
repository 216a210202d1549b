import { expect, setDefaultTimeout, test } from 'bun:test'
import { createPasswords, hashOfNobody, PASSWORD_COST } from './passwords.ts'

// Processes, fsyncs and password hashes take their time on a busy machine.
setDefaultTimeout(60_000)

test('a hash is argon2id at the stated cost, and verifies the same text in another form', async () => {
  const passwords = createPasswords()
  const hash = await passwords.hash('Ångström units 12')
  expect(hash).toStartWith(
    `$argon2id$v=19$m=${PASSWORD_COST.memoryCost},t=${PASSWORD_COST.timeCost},p=1$`,
  )
  expect(await passwords.verify('A\u030angstro\u0308m units 12', hash)).toBe(true)
  expect(await passwords.verify('Angstrom units 12', hash)).toBe(false)
})

test('a name that does not exist costs a hash too and is never right', async () => {
  const passwords = createPasswords({ memoryCost: 256, timeCost: 2 })
  expect(await passwords.verify('anything at all', undefined)).toBe(false)
  expect(await passwords.verify('', undefined)).toBe(false)
  expect(await passwords.verify('-', undefined)).toBe(false)
})

test('what a name that does not exist is compared with has the form and cost of a real hash', async () => {
  const form = (hash: string) =>
    hash.split('$').map((part, at) => (at < 4 ? part : Buffer.from(part, 'base64').length))
  const real = await createPasswords().hash('correct horse battery')
  expect(form(hashOfNobody(PASSWORD_COST))).toEqual(form(real))
  expect(hashOfNobody(PASSWORD_COST)).not.toBe(hashOfNobody(PASSWORD_COST))
})

test('beyond the queue, sign-ins are refused', async () => {
  const passwords = createPasswords({ memoryCost: 256, timeCost: 2 })
  const hash = await passwords.hash('correct horse battery')
  const tries = Array.from({ length: 200 }, () => passwords.verify('wrong', hash))
  const results = await Promise.allSettled(tries)
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.reason).toMatchObject({ code: 'too-many' })
  expect(await passwords.verify('correct horse battery', hash)).toBe(true)
})
