// Writes the pages of the checks to docs/checks: `bun scripts/check-pages.ts`.
import { readdir, rm } from 'node:fs/promises'
import { checkPages } from '../sigma/lint/pages.ts'

const FOLDER = new URL('../docs/checks/', import.meta.url).pathname
const pages = checkPages()
for (const [name, text] of pages) await Bun.write(FOLDER + name, text)
for (const name of await readdir(FOLDER)) if (!pages.has(name)) await rm(FOLDER + name)
console.log(`${pages.size} pages`)
