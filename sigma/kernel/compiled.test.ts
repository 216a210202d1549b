import { expect, test } from 'bun:test'
import { COMPILED, compileKernel } from '../../scripts/kernel.ts'

test('the kernels committed are those of the assembly', async () => {
  expect(await Bun.file(COMPILED).text()).toBe(await compileKernel())
}, 60_000)
