import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventStoreContract } from './event-store.contract.ts'
import { openEventReader } from './reader.ts'
import { openWriter } from './writer.ts'

eventStoreContract('day files', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'trapline-contract-'))
  const writer = openWriter({ dataFolder, retention_days: 0, diskMinFree_bytes: 0 })
  const reader = openEventReader(dataFolder)
  return {
    writer,
    reader,
    close: async () => {
      reader.close()
      writer.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
})
